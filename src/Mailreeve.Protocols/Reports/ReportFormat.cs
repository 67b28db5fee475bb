namespace Mailreeve.Protocols.Reports;

/// <summary>Formats of abuse reports. Stored and shown by <see cref="ReportFormatNames.Name"/>, which never changes.</summary>
public enum ReportFormat
{
    /// <summary>Not recognised.</summary>
    None,

    /// <summary>Abuse Reporting Format (RFC 5965, RFC 6591, RFC 6692).</summary>
    Arf,

    /// <summary>X-ARF 0.1: a <c>report.txt</c> of <c>key: value</c> lines; <c>X-ARF: yes</c>.</summary>
    XArf01,

    /// <summary>X-ARF 0.2: the same with <c>X-XARF: PLAIN</c>.</summary>
    XArf02,

    /// <summary>XARF JSON, version 1 (Report.ReportClass and so on).</summary>
    XarfV1,

    /// <summary>XARF JSON, version 2.</summary>
    XarfV2,

    /// <summary>XARF JSON, version 3, including the "3.0.0" dialect with a <c>Source</c> object.</summary>
    XarfV3,

    /// <summary>XARF JSON, version 4.x.</summary>
    XarfV4,

    /// <summary>Microsoft's Junk Mail Reporting Program: an attached original, the address in the Subject.</summary>
    Jmrp,

    /// <summary>A mail with the original attached as message/rfc822 and no machine-readable part.</summary>
    ForwardedOriginal,

    /// <summary>A file of separated values, with or without header row: Shadowserver, IntelMQ, AbuseHub and others.</summary>
    Csv,

    /// <summary>The same as lines in the text of a mail.</summary>
    TextTable,

    /// <summary>Events as JSON that is not XARF: IntelMQ, n6 and others.</summary>
    Json,

    /// <summary>IODEF (RFC 5070, RFC 7970).</summary>
    Iodef,

    /// <summary>Google Safe Browsing alerts for network administrators.</summary>
    SafeBrowsing,

    /// <summary>Copyright notices in ACNS XML.</summary>
    Acns,

    /// <summary>DMARC aggregate report (RFC 7489 §7.2).</summary>
    DmarcAggregate,

    /// <summary>SMTP TLS report (RFC 8460).</summary>
    TlsReport,

    /// <summary>Text by a person or for one.</summary>
    FreeText,

    /// <summary>SpamCop's mails in their text form.</summary>
    SpamCop,

    /// <summary>Text with lines of a log that name who did it.</summary>
    LogExcerpt,

    /// <summary>Text with <c>label: value</c> lines.</summary>
    FieldList,

    /// <summary>Text with the header of the original pasted into it.</summary>
    QuotedHeader,

    /// <summary>Somebody put an address or prefix on a block list, and says so.</summary>
    BlocklistNotice,
}

/// <summary>Stable texts for <see cref="ReportFormat"/>.</summary>
public static class ReportFormatNames
{
    /// <summary>The name used in the database, on pages and in metrics.</summary>
    public static string Name(this ReportFormat format) => format switch
    {
        ReportFormat.Arf => "arf",
        ReportFormat.XArf01 => "x-arf-0.1",
        ReportFormat.XArf02 => "x-arf-0.2",
        ReportFormat.XarfV1 => "xarf-v1",
        ReportFormat.XarfV2 => "xarf-v2",
        ReportFormat.XarfV3 => "xarf-v3",
        ReportFormat.XarfV4 => "xarf-v4",
        ReportFormat.Jmrp => "jmrp",
        ReportFormat.ForwardedOriginal => "rfc822",
        ReportFormat.Csv => "csv",
        ReportFormat.TextTable => "text-table",
        ReportFormat.Json => "json",
        ReportFormat.Iodef => "iodef",
        ReportFormat.SafeBrowsing => "safe-browsing",
        ReportFormat.Acns => "acns-xml",
        ReportFormat.DmarcAggregate => "dmarc-aggregate",
        ReportFormat.TlsReport => "tls-report",
        ReportFormat.FreeText => "free-text",
        ReportFormat.SpamCop => "spamcop",
        ReportFormat.LogExcerpt => "log-excerpt",
        ReportFormat.FieldList => "field-list",
        ReportFormat.QuotedHeader => "quoted-header",
        ReportFormat.BlocklistNotice => "blocklist-notice",
        _ => "unknown",
    };
}
