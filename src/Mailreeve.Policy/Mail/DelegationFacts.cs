using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Mail;

/// <summary>What is known about the one who hands a message to another mail server of ours, which asks us.</summary>
public readonly record struct ClientStanding
{
    /// <summary>The clause of the block that the client's address is under now; null for none (C4, C8).</summary>
    public ClauseId? BlockedUnder { get; init; }

    /// <summary>The case of that block; null for an entry of an operator.</summary>
    public CaseId? BlockCase { get; init; }

    /// <summary>The mailbox that the client has signed in with; null when it has not, or with another kind of name.</summary>
    public MailboxId? Mailbox { get; init; }

    /// <summary>Whether that mailbox works.</summary>
    public MailboxState MailboxState { get; init; }

    /// <summary>The clause of the block that this mailbox is under now; null for none (C6).</summary>
    public ClauseId? MailboxBlockedUnder { get; init; }

    /// <summary>
    /// The clause of the block of the service by which the customer's own server hands in mail; null for none, or when the client has signed in.
    /// </summary>
    public ClauseId? RelayBlockedUnder { get; init; }

    /// <summary>Whose the mailbox is, or else the address at this moment; null for a stranger.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>
    /// The state of the customer, or of one that it is a customer of: the first, on the way up, that is not active (C2). Active for a stranger.
    /// </summary>
    public CustomerState CustomerState { get; init; }

    /// <summary>Whether the one who sends is answered for by a customer of ours, whose mail is counted.</summary>
    public bool IsOurs => Mailbox is not null || Customer is not null;
}

/// <summary>A message of a customer that is to be counted against their limits, at its end.</summary>
public sealed record CountedMessage
{
    /// <summary>The name that the client has signed in with; null for a customer's own server, which is known by its address.</summary>
    public string? User { get; init; }

    /// <summary>The mailbox of that name; null when there is none.</summary>
    public MailboxId? Mailbox { get; init; }

    /// <summary>Who answers for it; null when only the name is known.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Where it came from; null when the other server did not say.</summary>
    public Protocols.Net.Address? Client { get; init; }

    /// <summary>How many recipients it has; at least 1.</summary>
    public required int Recipients { get; init; }
}

/// <summary>What the limits of a sender say to a message.</summary>
public enum SendingAnswer
{
    /// <summary>It is within them, and has been counted.</summary>
    Within,

    /// <summary>It is to be held until a person has looked at it (C1).</summary>
    Held,

    /// <summary>It is to be put off.</summary>
    PutOff,
}
