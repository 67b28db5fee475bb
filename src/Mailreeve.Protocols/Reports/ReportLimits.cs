namespace Mailreeve.Protocols.Reports;

/// <summary>Bounds for reading one report, so that a hostile one costs no more than a large honest one.</summary>
public sealed record ReportLimits
{
    /// <summary>The defaults.</summary>
    public static ReportLimits Default { get; } = new();

    /// <summary>Bytes read of a report; the rest is ignored and noted. Default 25 MiB: common limit of mail services for one message.</summary>
    public int MessageBytes { get; init; } = 25 << 20;

    /// <summary>Bytes of header fields, summed over all parts. Default 1 MiB: the largest header in honest reports is below 64 KiB.</summary>
    public int HeaderBytes { get; init; } = 1 << 20;

    /// <summary>Header fields, summed over all parts. Default 5,000: an honest evidence message has fewer than 200.</summary>
    public int HeaderFields { get; init; } = 5_000;

    /// <summary>Nesting of multiparts and messages. Default 16: twice-forwarded evidence needs 8.</summary>
    public int MimeDepth { get; init; } = 16;

    /// <summary>MIME parts looked at. Default 500: a forward of a whole folder of evidence has tens.</summary>
    public int Parts { get; init; } = 500;

    /// <summary>Bytes of one decoded text or JSON part. Default 8 MiB: a XARF v4 evidence item may be 5 MiB before base64.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>Bytes taken out of archives, summed. Default 32 MiB: 50,000 rows of the widest published feeds.</summary>
    public int UnpackedBytes { get; init; } = 32 << 20;

    /// <summary>Files taken out of archives, summed. Default 100: a day of all feeds of one publisher has about 80.</summary>
    public int ArchiveEntries { get; init; } = 100;

    /// <summary>Observations kept. Default 100,000: a national CERT sends the 50,000 machines of a large network as one table.</summary>
    public int Observations { get; init; } = 100_000;

    /// <summary>Characters of text read of a report without machine-readable part. Default 8 Mi: the longest log excerpts seen are below 2 MiB.</summary>
    public int TextChars { get; init; } = 8 << 20;

    /// <summary>Mentions of addresses, URLs and times looked at in a text. Default 200,000: a log of 8 MiB has about 100,000.</summary>
    public int Mentions { get; init; } = 200_000;

    /// <summary>URLs and domains kept per observation besides the first. Default 100.</summary>
    public int AlsoNamed { get; init; } = 100;

    /// <summary>Received lines read per evidence message. Default 50: honest mail has fewer than 20, and servers refuse it as a loop at 100 (RFC 5321 §6.3).</summary>
    public int Hops { get; init; } = 50;

    /// <summary>Characters of one field value kept. Default 4,096: longer than any URL a browser shortens to.</summary>
    public int ValueChars { get; init; } = 4_096;

    /// <summary>Problems listed; one more says how many were left out. Default 100.</summary>
    public int Problems { get; init; } = 100;

    /// <summary>Nesting of XML. Default 32: IODEF needs 12.</summary>
    public int XmlDepth { get; init; } = 32;

    /// <summary>Nesting of JSON. Default 32: XARF needs 6.</summary>
    public int JsonDepth { get; init; } = 32;
}
