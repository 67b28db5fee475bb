using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Mail.Smtp;

/// <summary>A message that was received whole and is to be made durable.</summary>
public sealed record ReceivedMessage
{
    /// <summary>When its last octet arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>Envelope sender; <see langword="null"/> for the null sender.</summary>
    public required Mailbox? From { get; init; }

    /// <summary>
    /// Recipients that were taken; at least one. Either all of them are roles or there is one, the bounce address of a notice or that of a
    /// postmaster's answer.
    /// </summary>
    public required IReadOnlyList<AcceptedRecipient> Recipients { get; init; }

    /// <summary>The client.</summary>
    public required Address Client { get; init; }

    /// <summary>How the client called itself.</summary>
    public required string Helo { get; init; }

    /// <summary>TLS version and cipher; <see langword="null"/> for a plain connection.</summary>
    public required string? Tls { get; init; }

    /// <summary>Who sent it; <see langword="null"/> when that is not proved, or was not looked at.</summary>
    public ReportAuthentication? Authentication { get; init; }

    /// <summary>Our Return-Path and Received lines, then the message as the client sent it.</summary>
    public required byte[] Raw { get; init; }

    /// <summary>SHA-256 of the message as the client sent it.</summary>
    public required byte[] Sha256 { get; init; }
}

/// <summary>A recipient and where its mail goes.</summary>
public sealed record AcceptedRecipient(Mailbox Mailbox, MailRoute Route)
{
    /// <summary>When the sender wants to hear of it (RFC 3461 §4.1); <see langword="null"/> when nothing was said.</summary>
    public NotifyWhen? Notify { get; init; }

    /// <summary>The recipient as first written (RFC 3461 §4.2); <see langword="null"/> when nothing was said.</summary>
    public string? Original { get; init; }
}
