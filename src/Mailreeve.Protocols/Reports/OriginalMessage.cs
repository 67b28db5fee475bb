using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>The message complained about, as the reporter passed it on. Redacted or altered by the reporter as often as not.</summary>
public sealed record OriginalMessage
{
    /// <summary>Its bytes: a slice of the report where possible, decoded otherwise.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Only the header was passed on (text/rfc822-headers, RFC 6522 §4).</summary>
    public bool HeadersOnly { get; init; }

    /// <summary>Message-ID without angle brackets.</summary>
    public string? MessageId { get; init; }

    /// <summary>Date header. Written by the sender, so it proves nothing; the hops are better.</summary>
    public ReportedTime Date { get; init; } = ReportedTime.Missing;

    /// <summary>Subject, decoded.</summary>
    public string? Subject { get; init; }

    /// <summary>From header, decoded.</summary>
    public string? From { get; init; }

    /// <summary>The mailbox in the From header; null when it names none.</summary>
    public string? Author => From is { } from ? Evidence.Mailboxes(from).FirstOrDefault() : null;

    /// <summary>Hand-overs according to its Received lines, newest first.</summary>
    public IReadOnlyList<Hop> Hops { get; init; } = [];
}

/// <summary>One hand-over according to a Received line (RFC 5321 §4.4).</summary>
/// <param name="Address">Where it was received from.</param>
/// <param name="By">The host that wrote the line, lower case.</param>
/// <param name="Time">Its time stamp.</param>
public sealed record Hop(Address Address, string? By, ReportedTime Time);
