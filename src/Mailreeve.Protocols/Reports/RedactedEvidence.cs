namespace Mailreeve.Protocols.Reports;

/// <summary>What must not be found in evidence that an accused customer sees, and what may stay.</summary>
public sealed record RedactionFacts
{
    /// <summary>Secret of this provider for the hashes (RFC 6590 §2), at least 16 bytes. The same key gives the same hash.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>Mailboxes of the reporter and of who transmitted the report.</summary>
    public IReadOnlyList<string> ReporterMailboxes { get; init; } = [];

    /// <summary>Domains, host names and addresses of the reporter. Hosts below a domain are covered by it.</summary>
    public IReadOnlyList<string> ReporterHosts { get; init; } = [];

    /// <summary>Names of the reporter and of who transmitted the report, as written before their mailboxes.</summary>
    public IReadOnlyList<string> ReporterNames { get; init; } = [];

    /// <summary>
    /// What the case is about: address, domain or mailbox. Its domain's mailboxes stay in the text, and of a report without a message the
    /// lines that name it are shown.
    /// </summary>
    public string Resource { get; init; } = "";

    /// <summary>
    /// Who received the message, as far as known (<see cref="ReportReading.OriginalRecipients"/>). Those named in the evidence's own
    /// header are added. Their domains are hidden too: a trap is recognised by its domain.
    /// </summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Our own mail hosts, or domains of them: their Received lines stay. Everyone else's go.</summary>
    public IReadOnlyList<string> OwnHosts { get; init; } = [];

    /// <summary>Further header fields to keep, such as our own trace.</summary>
    public IReadOnlyList<string> KeepHeaders { get; init; } = [];

    /// <summary>Longest output in bytes of UTF-8. Default 16 KiB: enough to recognise a campaign, small enough for a notice.</summary>
    public int TextBytesMax { get; init; } = 16 << 10;

    /// <summary>Bounds for reading the evidence.</summary>
    public ReportLimits Limits { get; init; } = ReportLimits.Default;
}

/// <summary>Evidence that an accused customer may see.</summary>
public sealed record RedactedEvidence
{
    /// <summary>Header and text, decoded, LF line ends, no more than <see cref="RedactionFacts.TextBytesMax"/> bytes of UTF-8.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the original bytes in lower-case hexadecimal: shows later that nothing else was changed.</summary>
    public required string OriginalSha256 { get; init; }

    /// <summary>Header fields left out, with how often, in order of name.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>Something was cut to keep within the size.</summary>
    public bool Truncated { get; init; }

    /// <summary>The text could not be made safe and is left out; only header fields are shown.</summary>
    public bool BodyWithheld { get; init; }
}
