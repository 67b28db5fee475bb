using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>Reads a report from a file of any kind: a mail as received, XARF as JSON, or what would be attached to a mail (a table, XML, an archive, plain text).</summary>
public static class ReportFile
{
    // Enough to see whether it begins with the header of a mail.
    private const int HeadBytes = 16_384;

    private static readonly string[] TraceNames =
    [
        "Received", "Return-Path", "Message-ID", "MIME-Version", "Content-Type", "Delivered-To", "DKIM-Signature", "ARC-Seal", "X-Original-To",
        "Authentication-Results",
    ];

    private static readonly string[] CommonNames = ["From", "To", "Subject", "Date", "Reply-To", "Sender", "Cc"];

    /// <summary>Reads the bytes of one file; what it is shows its content, and its name only tells apart what content cannot.</summary>
    /// <param name="name">Name of the file, without its folder.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="limits">Bounds of the reading.</param>
    public static ReportReading Read(string name, ReadOnlyMemory<byte> bytes, ReportLimits limits)
    {
        bytes = AsUtf8(bytes);
        var begin = bytes.Span.IndexOfAnyExcept(" \t\r\n"u8);
        var trimmed = begin < 0 ? default : bytes[begin..];
        if (LooksLikeMail(trimmed.Span))
            return ReportReader.Read(trimmed, limits);
        if (trimmed.Span is not [(byte)'{', ..])
            return ReportReader.Read(AsMail(name, bytes), limits);

        // XARF says itself what is wrong with it; any other JSON is read as if it had been attached.
        var posted = ReportReader.ReadJson(trimmed, limits);
        if (posted.Format != ReportFormat.None)
            return posted;
        var attached = ReportReader.Read(AsMail(name, bytes), limits);
        return attached.Format == ReportFormat.None ? posted : attached;
    }

    private static byte[] AsMail(string name, ReadOnlyMemory<byte> content)
    {
        var type = TypeOf(name, content.Span);
        var safe = string.Concat(name.Where(c => c is > ' ' and < '\x7F' and not ('"' or '\\')).Take(200));
        var head = new StringBuilder($"MIME-Version: 1.0\r\nContent-Type: {type}; name=\"{safe}\"\r\nContent-Transfer-Encoding: binary\r\n");
        if (type != "text/plain; charset=utf-8")
            head.Append($"Content-Disposition: attachment; filename=\"{safe}\"\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. content.Span];
    }

    private static string TypeOf(string name, ReadOnlySpan<byte> content)
    {
        bool Named(string extension) => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
        var begin = content.IndexOfAnyExcept(" \t\r\n"u8);
        var text = begin < 0 ? [] : content[begin..];
        return content.StartsWith("PK\x03\x04"u8) ? "application/zip"
            : content is [0x1F, 0x8B, ..] ? "application/gzip"
            : text is [(byte)'{' or (byte)'[', ..] ? "application/json"
            : text.StartsWith("<?xml"u8) || (Named(".xml") && text is [(byte)'<', ..]) ? "application/xml"
            : Named(".html") || Named(".htm") ? "text/html"
            : Named(".csv") || Named(".tsv") ? "text/csv; charset=utf-8"
            : "text/plain; charset=utf-8";
    }

    private static bool LooksLikeMail(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, HeadBytes)]);
        if (head.StartsWith("From ", StringComparison.Ordinal))
            head = head[(head.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        var common = 0;
        foreach (var line in head.AsSpan().EnumerateLines())
        {
            if (line.Length > 0 && line[0] is ' ' or '\t')
                continue;
            var colon = line.IndexOf(':');
            // The first line that is no header field ends the header, whether by an empty line or because it never was one.
            if (colon <= 0 || line[..colon].TrimEnd().ContainsAnyExceptInRange('!', '~'))
                return common >= 2;
            var name = line[..colon].TrimEnd();
            if (Has(TraceNames, name))
                return true;
            common += Has(CommonNames, name) ? 1 : 0;
        }

        return common >= 2;
    }

    private static bool Has(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var one in names)
            if (name.Equals(one, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> bytes) => bytes.Span switch
    {
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.Span[2..])),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.Span[2..])),
        [0xEF, 0xBB, 0xBF, ..] => bytes[3..],
        _ => bytes,
    };
}
