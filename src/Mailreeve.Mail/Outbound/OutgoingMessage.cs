using System.Buffers;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>A message that a customer handed in, ready to be sent.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Its row in <c>submission</c>, an id from <see cref="Storage.DbSession.NextIdsAsync"/>.</summary>
    public required long SubmissionId { get; init; }

    /// <summary>When it was handed in.</summary>
    public required Instant At { get; init; }

    /// <summary>Envelope sender; <see langword="null"/> for the null sender.</summary>
    public required Mailbox? EnvelopeFrom { get; init; }

    /// <summary>Recipients, each once; at least one.</summary>
    public required IReadOnlyList<OutgoingRecipient> Recipients { get; init; }

    /// <summary>The message with CRLF line ends and every header line that goes with it. Leave it alone until it has been put.</summary>
    public required ReadOnlySequence<byte> Content { get; init; }

    /// <summary>The hold it comes under; <see langword="null"/> to send it now.</summary>
    public long? HoldId { get; init; }

    /// <summary>The class of the customer (<c>customer.source_class</c>), which chooses the address it is sent from.</summary>
    public string? SourceClass { get; init; }

    /// <summary>The sender's own name for it (ENVID, RFC 3461 §4.4), decoded.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether a notification of failure brings the whole message back (RET=FULL, RFC 3461 §4.3); <see langword="null"/> when nothing was said.</summary>
    public bool? ReturnFull { get; init; }

    /// <summary>Whether it was declared <c>BODY=8BITMIME</c> (RFC 6152 §3).</summary>
    public bool EightBit { get; init; }

    /// <summary>Whether it was declared <c>SMTPUTF8</c> (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; init; }
}

/// <summary>A recipient of a message that is to be sent.</summary>
/// <param name="To">The address.</param>
/// <param name="Notify">When the sender wants to hear of it (NOTIFY, RFC 3461 §4.1); <see langword="null"/> when nothing was said.</param>
/// <param name="Original">The recipient as first written (ORCPT, RFC 3461 §4.2), decoded, with its type in front; <see langword="null"/> for none.</param>
public sealed record OutgoingRecipient(Mailbox To, NotifyWhen? Notify = null, string? Original = null);
