using Mailreeve.Protocols.Net;
using MimeKit;

namespace Mailreeve.Protocols.Reports;

/// <summary>Finds and reads the message complained about.</summary>
internal static class Evidence
{
    // Header fields that name a recipient; the order is that of how well they name the one who complained.
    private static readonly string[] RecipientFields =
    [
        "X-HmXmrOriginalRecipient", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "X-RCPT-TO-Address",
        "Original-Recipient", "Apparently-To", "X-Apparently-To", "To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc",
    ];

    /// <summary>The first part after (or beside) the machine-readable one that is a message or a message header.</summary>
    public static OriginalMessage? Beside(MailParts mail, MailPart report, Findings findings)
    {
        var index = 0;
        foreach (var part in mail.Parts)
        {
            if (part.Parent != report.Parent || part == report)
                continue;
            index++;
            if (IsMessage(part) || part.Is("text", "rfc822-headers") || part.Is("message", "rfc822-headers"))
                return FromPart(mail, part, findings);
            // Some generators label the third part text/plain.
            if (index >= 2 && part.Is("text", "plain") && LooksLikeHeader(mail.Content(part).Span))
                return FromPart(mail, part, findings);
        }

        return null;
    }

    /// <summary>Whether a part holds a whole message, by its type or by the name of an attached file.</summary>
    public static bool IsMessage(MailPart part) =>
        part.Is("message", "rfc822") || part.Is("message", "global")
        || (part.Is("application", "octet-stream") && part.FileName.EndsWith(".eml", StringComparison.OrdinalIgnoreCase));

    public static OriginalMessage FromPart(MailParts mail, MailPart part, Findings findings)
    {
        var headersOnly = part.Type?.MediaSubtype.EndsWith("rfc822-headers", StringComparison.OrdinalIgnoreCase) == true;
        foreach (var child in mail.ChildrenOf(part))
            return From(mail.Slice(part), child.Headers, headersOnly, findings);
        return FromBytes(mail.Content(part), findings) with { HeadersOnly = headersOnly };
    }

    public static OriginalMessage FromBytes(ReadOnlyMemory<byte> bytes, Findings findings)
    {
        var inner = MailParts.Read(bytes, findings.Limits);
        // A forward within a forward: the innermost message is the one complained about.
        if (inner.Root.Header("Received") is null && ForwardedOriginal.Find(inner).FirstOrDefault(p => p.Level > 0 || p.Is("message", "rfc822")) is { } passedOn)
            return FromPart(inner, passedOn, findings);
        return From(bytes, inner.Root.Headers, headersOnly: false, findings);
    }

    /// <summary>Addresses that received it, from its own header.</summary>
    public static IEnumerable<string> Recipients(OriginalMessage original, ReportLimits limits)
    {
        var head = MailParts.Read(HeaderOf(original.Bytes), limits).Root;
        return RecipientFields.SelectMany(head.AllHeaders).SelectMany(Mailboxes).Distinct(StringComparer.OrdinalIgnoreCase).Take(100);
    }

    /// <summary>The mailboxes of an address header field.</summary>
    public static IEnumerable<string> Mailboxes(string value)
    {
        if (value.Length > 10_000 || !InternetAddressList.TryParse(value, out var list))
            return Notation.Mailbox(value) is { } one && one.Contains('@') ? [one] : [];
        return list.Mailboxes.Select(m => m.Address).Where(a => a.Contains('@'));
    }

    /// <summary>The name before the mailbox of an address header field; null when there is none.</summary>
    public static string? DisplayName(string value)
    {
        var open = value.LastIndexOf('<');
        return open <= 0 ? null : value[..open].Trim(' ', '"');
    }

    private static OriginalMessage From(
        ReadOnlyMemory<byte> bytes, IReadOnlyList<Header> headers, bool headersOnly, Findings findings)
    {
        string? First(HeaderId id) => findings.Keep(headers.FirstOrDefault(h => h.Id == id)?.Value);
        return new OriginalMessage
        {
            Bytes = bytes,
            HeadersOnly = headersOnly,
            MessageId = First(HeaderId.MessageId)?.Trim('<', '>', ' '),
            Date = ReportedTime.Read(First(HeaderId.Date)),
            Subject = First(HeaderId.Subject),
            From = First(HeaderId.From),
            Hops = [.. headers.Where(h => h.Id == HeaderId.Received).Take(findings.Limits.Hops).Select(h => ReceivedLine.Read(h.Value)).OfType<Hop>()],
        };
    }

    private static bool LooksLikeHeader(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, 4096)];
        return bytes.StartsWith("Received:"u8) || bytes.StartsWith("Return-Path:"u8) || bytes.StartsWith("Delivered-To:"u8)
            || (bytes.IndexOf("\nReceived:"u8) >= 0 && bytes.IndexOf((byte)':') is > 0 and < 64);
    }

    private static ReadOnlyMemory<byte> HeaderOf(ReadOnlyMemory<byte> message)
    {
        var span = message.Span;
        var end = span.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            end = span.IndexOf("\n\n"u8);
        return end < 0 ? message : message[..end];
    }
}

/// <summary>Reads one Received line (RFC 5321 §4.4), in the many forms servers write it.</summary>
internal static class ReceivedLine
{
    /// <summary>The hand-over, or null when the line names no address or only a loopback or link-local one.</summary>
    public static Hop? Read(string value)
    {
        if (value.Length > 4096 || IsWithinOneService(value))
            return null;
        // Unfolding keeps the tab that began the next line.
        var text = value.Replace('\t', ' ').AsSpan();
        var by = text.IndexOf(" by ", StringComparison.OrdinalIgnoreCase);
        var from = by < 0 ? text : text[..by];
        if (LastAddress(from) is not { } address || IsLocal(address))
            return null;

        var semicolon = text.LastIndexOf(';');
        var time = semicolon < 0 ? ReportedTime.Missing : ReportedTime.Read(text[(semicolon + 1)..].ToString());
        return new Hop(address, by < 0 ? null : Host(text[(by + 4)..]), time);
    }

    // Exchange Online hands a message from server to server of its own by HTTPS or MAPI; nobody else does.
    private static bool IsWithinOneService(string value)
    {
        var by = value.IndexOf(" by ", StringComparison.Ordinal);
        return value.Contains(" with HTTPS", StringComparison.Ordinal) || value.Contains(" with mapi id", StringComparison.OrdinalIgnoreCase)
            || (by > 0 && IsExchange(value.AsSpan(0, by)) && IsExchange(value.AsSpan(by, Math.Min(64, value.Length - by))));

        static bool IsExchange(ReadOnlySpan<char> host) => host.Contains(".prod.outlook.com", StringComparison.OrdinalIgnoreCase);
    }

    // The client's own greeting comes first and may be an address literal; what the server saw comes last.
    private static Address? LastAddress(ReadOnlySpan<char> from)
    {
        Address? found = null;
        var greeting = false;
        foreach (var range in from.SplitAny(" \t()[]"))
        {
            var token = from[range];
            if (token.IsEmpty)
                continue;
            if (!greeting && Address.TryParse(token, out var address))
                found = address;
            greeting = token[^1] == '=' || token.Equals("HELO", StringComparison.OrdinalIgnoreCase)
                || token.Equals("EHLO", StringComparison.OrdinalIgnoreCase);
        }

        return found;
    }

    private static string? Host(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        var end = text.IndexOfAny(" \t(;");
        return Notation.Domain((end < 0 ? text : text[..end]).ToString());
    }

    private static bool IsLocal(Address address)
    {
        var ip = address.ToIPAddress();
        return System.Net.IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || address.Bits == 0
            || (address.IsIPv4 && (uint)address.Bits is 0 or (>= 0xA9FE0000 and <= 0xA9FEFFFF));
    }
}
