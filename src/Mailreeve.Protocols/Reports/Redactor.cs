using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MimeKit;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Makes evidence safe to show to the accused (RFC 6590): what helps to act stays (From, Date, Subject, Message-ID, our own Received
/// lines, text and links), what leads to the complainant or a trap goes. Header fields are an allow-list, because unknown ones carry
/// recipients; the text is decoded first, because encodings hide them; and the result is searched once more before it is returned.
/// </summary>
public static class Redactor
{
    private const string NotShown = "[text not shown: it would identify the reporter]\n";

    private static readonly string[] Kept = ["From", "Date", "Subject", "Message-ID"];

    private static readonly MailPart NoMail = new() { Parent = -1, Level = 0 };

    private static readonly SearchValues<char> TimeChars =
        SearchValues.Create(" ,:+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Redacts one evidence message. Never throws on any <paramref name="original"/>.</summary>
    /// <exception cref="ArgumentException">The key is shorter than 16 bytes.</exception>
    public static RedactedEvidence Redact(ReadOnlyMemory<byte> original, RedactionFacts facts)
    {
        var bounded = original.Length > facts.Limits.MessageBytes ? original[..facts.Limits.MessageBytes] : original;
        var mail = MailParts.Read(bounded, facts.Limits);
        var secrets = Secrets.From(mail.Root, facts);
        var removed = new SortedDictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var kept = KeptDomains(mail, facts);
        var head = secrets.Scrub(Head(mail, facts, removed), tokens: false) + Recipients(facts, secrets)
            + secrets.ScrubMailboxes(secrets.Scrub(Subject(mail), tokens: true), kept);
        var body = secrets.ScrubMailboxes(secrets.Scrub(Salutations.Hide(Body(mail, facts.TextBytesMax, out var cutBefore), secrets.Hash), tokens: true), kept);

        var withheld = secrets.Leaks(head + "\n" + body);
        if (withheld)
        {
            body = NotShown;
            if (secrets.Leaks(head))
                head = secrets.Scrub(Hops(mail, facts), tokens: false);
        }

        var text = Cut($"{head}\n{body}", facts.TextBytesMax, out var cutAfter);
        return new RedactedEvidence
        {
            Text = text,
            OriginalSha256 = Convert.ToHexStringLower(SHA256.HashData(original.Span)),
            Removed = [.. removed.Select(r => r.Value == 1 ? r.Key : $"{r.Key} ×{r.Value}")],
            Truncated = cutBefore || cutAfter || mail.Stopped is not null || bounded.Length < original.Length,
            BodyWithheld = withheld,
        };
    }

    /// <summary>One value of a report, such as the URL complained about, as the accused may see it; empty when nothing of it can be shown.</summary>
    /// <exception cref="ArgumentException">The key is shorter than 16 bytes.</exception>
    public static string Line(string value, RedactionFacts facts)
    {
        var secrets = Secrets.From(NoMail, facts);
        var bounded = value.Length > 998 ? value[..998] + "…" : value;
        var line = secrets.ScrubMailboxes(secrets.Scrub(bounded.ReplaceLineEndings(" "), tokens: true), [facts.Resource[(facts.Resource.LastIndexOf('@') + 1)..]]);
        return secrets.Leaks(line) ? "" : line;
    }

    // So that the accused can tell one recipient from another without knowing either (RFC 6590 §2).
    private static string Recipients(RedactionFacts facts, Secrets secrets) =>
        facts.Recipients.Count == 0
            ? ""
            : $"To: {string.Join(", ", facts.Recipients.Select(Notation.Mailbox).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(5).Select(secrets.Hash))}\n";

    private static List<string> KeptDomains(MailParts mail, RedactionFacts facts)
    {
        var resource = facts.Resource[(facts.Resource.LastIndexOf('@') + 1)..];
        return
        [
            .. mail.Root.AllHeaders("From").SelectMany(Evidence.Mailboxes).Take(1).Select(m => m[(m.LastIndexOf('@') + 1)..])
                .Append(resource).Concat(facts.OwnHosts).Where(d => d.Length > 0),
        ];
    }

    private static string Head(MailParts mail, RedactionFacts facts, SortedDictionary<string, int> removed)
    {
        var text = new StringBuilder(Hops(mail, facts));
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Subject" };
        foreach (var header in mail.Root.Headers)
        {
            var keep = Kept.Contains(header.Field, StringComparer.OrdinalIgnoreCase)
                || facts.KeepHeaders.Contains(header.Field, StringComparer.OrdinalIgnoreCase);
            if (keep && written.Add(header.Field))
                AppendField(text, header.Field, header.Id == HeaderId.Date ? Plain(ReportedTime.Read(header.Value)) : header.Value);
            else if (!keep)
                Count(removed, header.Field);
        }

        return text.ToString();
    }

    private static void Count(SortedDictionary<string, int> removed, string field)
    {
        // Names are as hostile as values: a made-up field name may carry the recipient.
        var name = IsCommonField(field) ? field : "other fields";
        removed[name] = removed.GetValueOrDefault(name) + 1;
    }

    private static bool IsCommonField(string field) =>
        Secrets.NamingFields.Contains(field, StringComparer.OrdinalIgnoreCase)
        || (!field.AsSpan().ContainsAnyInRange('0', '9')
            && Enum.TryParse<HeaderId>(field.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var id)
            && id != HeaderId.Unknown);

    private static string Subject(MailParts mail)
    {
        var text = new StringBuilder();
        if (mail.Root.Header("Subject") is { } subject)
            AppendField(text, "Subject", subject);
        return text.ToString();
    }

    // Rebuilt from what was understood: the "for" clause, the envelope sender and comments name recipients.
    private static string Hops(MailParts mail, RedactionFacts facts)
    {
        var text = new StringBuilder();
        foreach (var line in mail.Root.AllHeaders("Received").Take(facts.Limits.Hops))
            if (ReceivedLine.Read(line) is { By: { } by } hop && facts.OwnHosts.Any(own => Secrets.IsAtOrBelow(by, own)))
                AppendField(text, "Received", $"from [{hop.Address}] by {by}; {Plain(hop.Time)}");
        return text.ToString();
    }

    // A time that needs a comment to say more than a time is written anew.
    private static string Plain(ReportedTime time) =>
        time.Raw.Length <= 48 && !time.Raw.AsSpan().ContainsAnyExcept(TimeChars) && time.Utc is not null ? time.Raw
        : time.Utc is { } utc ? NodaTime.Text.InstantPattern.General.Format(utc)
        : "(a time that could not be read)";

    private static void AppendField(StringBuilder text, string name, string value)
    {
        var bounded = value.Length > 998 ? value[..998] + "…" : value;
        text.Append(name).Append(": ").Append(bounded.ReplaceLineEndings(" ").Replace('\n', ' ').Trim()).Append('\n');
    }

    private static string Body(MailParts mail, int bytesMax, out bool cut)
    {
        cut = false;
        var plain = mail.Parts.FirstOrDefault(p => p.Level == 0 && p.Is("text", "plain") && !IsAttachment(p));
        var text = plain is null ? "" : mail.Text(plain);
        var shown = plain;
        if (string.IsNullOrWhiteSpace(text) && mail.Parts.FirstOrDefault(p => p.Level == 0 && p.Is("text", "html")) is { } html)
        {
            text = HtmlText.Read(mail.Text(html));
            shown = html;
        }

        // Scrubbing costs; what cannot be shown need not be scrubbed. Cut between words, or half an address would stay.
        if (text.Length > bytesMax * 2)
        {
            text = CutAtSpace(text, bytesMax * 2);
            cut = true;
        }

        var result = new StringBuilder(text).Append('\n');
        foreach (var part in mail.Parts.Where(p => p != shown && p.Level == 0 && p.Type?.IsMimeType("multipart", "*") != true).Take(20))
            result.Append("[not shown: ").Append(TypeName(part)).Append(", ").Append(mail.Slice(part).Length).Append(" bytes]\n");
        return result.ToString();
    }

    private static bool IsAttachment(MailPart part) =>
        part.Header("Content-Disposition")?.TrimStart().StartsWith("attachment", StringComparison.OrdinalIgnoreCase) == true;

    private static string TypeName(MailPart part) =>
        part.Type?.MediaType.ToLowerInvariant() is "text" or "image" or "audio" or "video" or "application" or "message"
            ? part.Type.MediaType.ToLowerInvariant()
            : "part";

    private static string Cut(string text, int bytesMax, out bool cut)
    {
        const string Mark = "\n[cut]\n";
        cut = Encoding.UTF8.GetByteCount(text) > bytesMax;
        if (!cut)
            return text;
        var room = Math.Max(0, bytesMax - Mark.Length);
        var chars = text.Length;
        while (chars > 0 && Encoding.UTF8.GetByteCount(text.AsSpan(0, chars)) > room)
            chars -= Math.Max(1, (Encoding.UTF8.GetByteCount(text.AsSpan(0, chars)) - room) / 3);
        return bytesMax < Mark.Length ? "" : CutAtSpace(text, chars) + Mark;
    }

    private static string CutAtSpace(string text, int chars)
    {
        var at = text.AsSpan(0, Math.Min(chars, text.Length)).LastIndexOfAny(" \n\t");
        return at < 0 ? "" : text[..at];
    }
}
