using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>A row of <c>mailbox</c>, without its password.</summary>
public sealed record MailboxRow
{
    /// <summary>Its id.</summary>
    public required MailboxId Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Its address, lower case; also the name that its user signs in with.</summary>
    public required string Address { get; init; }

    /// <summary>Whether it works.</summary>
    public required MailboxState State { get; init; }

    /// <summary>Steps of extra storage that the customer has bought (C9); 0 for none.</summary>
    public required long ExtraSteps { get; init; }

    /// <summary>First month whose extra storage has not been charged, as <c>2026-03</c>; null when there is none to charge.</summary>
    public string? ChargeFrom { get; init; }

    /// <summary>The last UIDVALIDITY that a folder of it got (RFC 3501 §2.3.1.1), 1 to 2³²−1.</summary>
    public required long UidValidity { get; init; }

    /// <summary>When it was made.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>When it was last used, to the hour.</summary>
    public required Instant LastUsedAt { get; init; }

    /// <summary>Which warning that it will be closed was sent since then: 0 none, 1 the first, 2 the last.</summary>
    public required long IdleWarnings { get; init; }

    /// <summary>When that warning was written; null when there was none.</summary>
    public Instant? IdleWarnedAt { get; init; }

    /// <summary>Per cent of the capacity at which its user was last warned; 0 for never.</summary>
    public required long FillWarned { get; init; }

    /// <summary>What its user wants to be done with mail that looks like spam.</summary>
    public required SpamChoice Spam { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public required Instant StateSince { get; init; }
}
