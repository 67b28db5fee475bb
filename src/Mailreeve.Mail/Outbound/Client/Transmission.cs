using System.Buffers;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>A message for one or more recipients at the same server.</summary>
public sealed record Transmission
{
    /// <summary>The reverse-path; <see langword="null"/> for the null one.</summary>
    public required Mailbox? From { get; init; }

    /// <summary>The recipients; at least one.</summary>
    public required IReadOnlyList<RcptCommand> Recipients { get; init; }

    /// <summary>The message with CRLF line ends. It is sent octet for octet; memory must stay as it is until the result is there.</summary>
    public required ReadOnlySequence<byte> Content { get; init; }

    /// <summary>Whether the sender said SMTPUTF8: the message may have a header that only such a server can read.</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>RET as the sender said it: whether all of it comes back, or the header; <see langword="null"/> when nothing was said.</summary>
    public bool? ReturnFull { get; init; }

    /// <summary>ENVID as the sender said it, with xtext undone.</summary>
    public string? EnvelopeId { get; init; }
}

/// <summary>What became of a <see cref="Transmission"/>.</summary>
/// <param name="Outcomes">One for each recipient, in their order.</param>
/// <param name="Unheard">
/// Whether the connection broke before the server said anything at all. On one that had been idle it only means that the server had
/// hung up meanwhile: the message can be sent on a new one at once.
/// </param>
public sealed record TransmissionResult(IReadOnlyList<DeliveryOutcome> Outcomes, bool Unheard);
