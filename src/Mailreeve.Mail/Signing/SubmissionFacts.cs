using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Mail.Signing;

/// <summary>What is known of a message that a customer hands in, as far as its trace is bound to it.</summary>
public sealed record SubmissionFacts
{
    /// <summary>Its number in the submission log.</summary>
    public required long Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>From which mailbox; null when the customer's own server hands it in.</summary>
    public required MailboxId? Mailbox { get; init; }

    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>The envelope's sender; empty for the null one.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>Its recipients.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The domain of the sender in the header, as A-label or U-label; null when there is none that can be read.</summary>
    public required string? HeaderFromDomain { get; init; }

    /// <summary>The list that it went to (RFC 2919); null for none.</summary>
    public required string? ListId { get; init; }

    /// <summary>SHA-256 of its body in DKIM's relaxed form (RFC 6376 §3.4.4); null to have it worked out.</summary>
    public byte[]? BodyHash { get; init; }
}
