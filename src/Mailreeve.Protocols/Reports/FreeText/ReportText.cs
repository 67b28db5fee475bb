using System.Text;
using MimeKit.Encodings;
using MimeKit.Utils;
using NodaTime;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>The readable text of a report mail, put together from its parts and cleaned of what mail programs did to it.</summary>
internal sealed class ReportText
{
    private ReportText(string subject, string body, string own, Instant? sentAt, Offset? sentOffset)
    {
        Own = own;
        Subject = subject;
        Body = body;
        SentAt = sentAt;
        SentOffset = sentOffset;
    }

    /// <summary>The subject, decoded.</summary>
    public string Subject { get; }

    /// <summary>Text with LF line ends, quote marks taken off, blanks unified.</summary>
    public string Body { get; }

    /// <summary>Of the text only what its sender wrote and did not quote, as far as marks and heads of quotations show it.</summary>
    public string Own { get; }

    /// <summary>Date of the mail, as its sender wrote it.</summary>
    public Instant? SentAt { get; }

    /// <summary>How far the zone of that date is ahead of UTC.</summary>
    public Offset? SentOffset { get; }

    /// <summary>Puts the text parts of the report itself together, without those of attached messages.</summary>
    public static ReportText Of(MailParts mail, Findings findings) => Of(mail, mail.Root, 0, findings);

    /// <summary>The text of an attached message, for reports that somebody passed on whole.</summary>
    public static ReportText OfAttached(MailParts mail, MailPart message, Findings findings)
    {
        var head = mail.ChildrenOf(message).FirstOrDefault();
        return head is null ? new ReportText("", "", "", null, null) : Of(mail, head, head.Level, findings);
    }

    /// <summary>The same report with another body.</summary>
    public ReportText With(string body) => new(Subject, body, Own, SentAt, SentOffset);

    private static ReportText Of(MailParts mail, MailPart head, int level, Findings findings)
    {
        var (plain, html, beside) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var part in mail.Parts)
        {
            if (part.Level != level || !IsWithin(mail, part, head) || !IsText(part))
                continue;
            if (plain.Length + html.Length + beside.Length > findings.Limits.TextChars)
            {
                findings.CutOff($"Only the first {findings.Limits.TextChars} characters of text were read.");
                break;
            }

            var text = TextOf(mail, part);
            var isHtml = part.Is("text", "html") || LooksLikeHtml(text);
            if (!isHtml)
                plain.Append(part.Type?.Parameters["format"] is "flowed" or "Flowed" ? Unflow(text) : text).Append("\n\n");
            else if (HasPlainSibling(mail, part))
                html.Append(HtmlText.Read(text)).Append("\n\n");
            else
                beside.Append(HtmlText.Read(text)).Append("\n\n");
        }

        // A mailing list's footer, or "see the HTML part", is all that many text parts hold.
        if (html.Length > 0 && !NamesAnything(plain.ToString()))
            plain.Append(html);
        plain.Append(beside);
        var body = plain.ToString();
        if (body.Length > findings.Limits.TextChars)
            body = body[..findings.Limits.TextChars];
        var subject = Clean(head.Header("Subject") ?? "").Trim();
        var sent = head.Header("Date") ?? "";
        Offset? zone = DateUtils.TryParse(sent, out var date) ? Offset.FromTimeSpan(date.Offset) : null;
        return new ReportText(subject, Clean(body), OwnLines(body), ReportedTime.Read(sent).Utc, zone);
    }

    private static bool IsText(MailPart part)
    {
        if (part.Type is null || part.Type.IsMimeType("text", "*"))
            return !part.Is("text", "rfc822-headers") && !part.Is("text", "calendar");
        return part.Is("application", "octet-stream") && part.FileName is var name
            && (name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".log", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsWithin(MailParts mail, MailPart part, MailPart head)
    {
        if (head == mail.Root)
            return true;
        for (var at = part; ; at = mail.Parts[at.Parent])
        {
            if (at == head)
                return true;
            if (at.Parent < 0)
                return false;
        }
    }

    private static bool HasPlainSibling(MailParts mail, MailPart html)
    {
        for (var at = html; at.Parent >= 0; at = mail.Parts[at.Parent])
        {
            var parent = mail.Parts[at.Parent];
            if (parent.Is("multipart", "alternative"))
                return mail.ChildrenOf(parent).Any(p => p.Is("text", "plain"));
            if (!parent.Is("multipart", "related"))
                return false;
        }

        return false;
    }

    private static string TextOf(MailParts mail, MailPart part)
    {
        var bytes = mail.Content(part).Span;
        var text = Utf16Of(bytes) ?? mail.Text(part);
        return LooksQuotedPrintable(part, text) ? UnquotePrintable(text) : text;
    }

    // UTF-16 that nothing declares: a mark at the start, or every other byte of the beginning is zero.
    private static string? Utf16Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xFE]))
            return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith<byte>([0xFE, 0xFF]))
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        var sample = bytes[..Math.Min(bytes.Length, 200)];
        if (sample.Length < 8)
            return null;
        var (even, odd) = (0, 0);
        for (var i = 0; i < sample.Length; i++)
        {
            if (sample[i] != 0)
                continue;
            if (i % 2 == 0)
                even++;
            else
                odd++;
        }

        return odd > sample.Length / 3 && even == 0 ? Encoding.Unicode.GetString(bytes)
            : even > sample.Length / 3 && odd == 0 ? Encoding.BigEndianUnicode.GetString(bytes)
            : null;
    }

    private static bool LooksLikeHtml(string text)
    {
        var start = text.AsSpan(0, Math.Min(text.Length, 2_000)).TrimStart();
        return start.StartsWith("<html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || (start.StartsWith("<", StringComparison.Ordinal) && start.Contains("</", StringComparison.Ordinal)
                && (start.Contains("<br", StringComparison.OrdinalIgnoreCase) || start.Contains("<p", StringComparison.OrdinalIgnoreCase)
                    || start.Contains("<div", StringComparison.OrdinalIgnoreCase)));
    }

    // Forwarded as text by a program that did not decode it.
    private static bool LooksQuotedPrintable(MailPart part, string text)
    {
        if (part.Header("Content-Transfer-Encoding") is { } encoding && encoding.Contains("quoted", StringComparison.OrdinalIgnoreCase))
            return false;
        var span = text.AsSpan();
        return span.Count("=3D") + span.Count("=20\n") + span.Count("=\r\n") + span.Count("=\n") + span.Count("=C3=") is >= 3
            && span.Contains("=3D", StringComparison.Ordinal);
    }

    private static string UnquotePrintable(string text)
    {
        var input = Encoding.UTF8.GetBytes(text);
        var decoder = new QuotedPrintableDecoder();
        var output = new byte[decoder.EstimateOutputLength(input.Length)];
        var length = decoder.Decode(input, 0, input.Length, output);
        return MailParts.Decode(output.AsSpan(0, length), null);
    }

    // RFC 3676 §4.1: a line that ends with a blank goes on in the next one.
    private static string Unflow(string text)
    {
        var joined = new StringBuilder(text.Length);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            joined.Append(line);
            if (line.IsEmpty || line[^1] != ' ' || line is "-- ")
                joined.Append('\n');
        }

        return joined.ToString();
    }

    private static string OwnLines(string body)
    {
        var own = new StringBuilder();
        foreach (var line in body.AsSpan().EnumerateLines())
        {
            if (line.TrimStart(' ') is ['>', ..])
                continue;
            if (IsReplyHead(line))
                break;
            own.Append(line).Append('\n');
        }

        return own.ToString();
    }

    // "On 5 March 2024 somebody wrote:", "-----Original Message-----"
    private static bool IsReplyHead(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.StartsWith("-----", StringComparison.Ordinal) || line.StartsWith("_____", StringComparison.Ordinal))
            return line.Trim("-_ ").Length is 0 or > 3;
        foreach (var end in (ReadOnlySpan<string>)["wrote:", "schrieb:", "a écrit :", "a écrit:", "escribió:", "escreveu:", "ha scritto:", "schreef:", "skrev:", "napisał:", "napisał(a):", "napsal:", "пишет:", "написал:", "написав:", "kirjoitti:", "írta:", "yazdı:"])
            if (line.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static bool NamesAnything(string text) =>
        MentionScanner.Scan(text, 50).Exists(m => m.Kind is MentionKind.Address or MentionKind.Prefix or MentionKind.Url);

    /// <summary>Line ends and blanks unified, invisible characters and marks of quotation taken out.</summary>
    internal static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        var isLineStart = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\r':
                    if (i + 1 < text.Length && text[i + 1] == '\n')
                        continue;
                    c = '\n';
                    break;
                case '\u00a0' or '\u2007' or '\u202f' or '\u3000':
                    c = ' ';
                    break;
                case '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' or '\u00ad' or '\0' or '\u200e' or '\u200f':
                    continue;
                case '\uff0e' or '\u3002':
                    c = '.';
                    break;
                case '\uff1a':
                    c = ':';
                    break;
                case '\u2212':
                    c = '-';
                    break;
            }

            if (isLineStart && c == '>')
            {
                // "> > text": the mark and one blank behind it.
                if (i + 1 < text.Length && text[i + 1] == ' ')
                    i++;
                continue;
            }

            isLineStart = c == '\n';
            clean.Append(c);
        }

        return clean.ToString();
    }
}
