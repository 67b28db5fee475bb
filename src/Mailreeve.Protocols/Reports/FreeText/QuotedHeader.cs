using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>
/// The header of the original, pasted into the text of a report: as it was, with the folding lost, or flattened to a single line, which
/// some mail programs do.
/// </summary>
internal sealed class QuotedHeader
{
    private static readonly string[] DateNames =
    [
        "date", "sent", "gesendet", "datum", "envoyé", "enviado", "inviato", "verzonden", "skickat", "sendt", "fecha", "data", "dato", "дата",
        "отправлено", "odesláno", "wysłano", "送信日時", "日付", "发送时间", "寄件日期",
    ];

    private const int NameCharsMax = 48;
    private const int ValueCharsMax = 4_096;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownNames = new HashSet<string>(
        [
            "received", "return-path", "delivered-to", "from", "to", "cc", "subject", "date", "sent", "message-id", "reply-to", "mime-version",
            "content-type", "content-transfer-encoding", "authentication-results", "received-spf", "dkim-signature", "domainkey-signature",
            "list-unsubscribe", "list-id", "precedence", "sender", "envelope-to", "user-agent", "importance", "thread-index", "thread-topic",
            "in-reply-to", "references", "organization", "errors-to", "feedback-id", "auto-submitted", "mailing-list", "delivery-date",
            "content-disposition", "content-language", "accept-language", "envelope-from", "resent-from", "resent-date", "resent-to",
            "arc-seal", "arc-message-signature", "arc-authentication-results", "authentication-results-original", "apparently-to", "status",
            "von", "an", "betreff", "gesendet", "datum", "de", "objet", "envoyé", "para", "asunto", "assunto", "enviado", "enviada em", "da",
            "oggetto", "inviato", "data", "aan", "onderwerp", "verzonden", "od", "do", "temat", "från", "till", "ämne", "skickat", "fecha",
            "fra", "til", "emne", "sendt", "dato", "lähettäjä", "lähetetty", "vastaanottaja", "aihe", "feladó", "küldve", "címzett", "tárgy",
            "odesláno", "komu", "předmět", "odoslané", "predmet", "wysłano", "data wysłania", "expeditor", "trimis", "către", "subiect", "gönderen",
            "gönderildi", "kime", "konu", "от", "кому", "тема", "отправлено", "дата", "від", "надіслано", "από", "προς", "θέμα", "στάλθηκε",
            "ημερομηνία", "差出人", "送信者", "送信日時", "日付", "宛先", "件名", "发件人", "寄件者", "发送时间", "寄件日期", "日期", "收件人", "收件者", "主题", "主旨",
            "מאת", "נשלח", "נושא", "envoyée", "asunto", "verzonden", "afzender", "skickat", "datum",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    // Fields of which two suffice: nobody writes them in a text about something else.
    private static readonly string[] Technical =
    [
        "received", "return-path", "message-id", "mime-version", "dkim-signature", "authentication-results", "received-spf", "delivered-to",
    ];

    private readonly List<(string Name, string Value)> fields = [];

    // What the fields besides Received say about where it came from. Set once it is complete: each word around it asks.
    private IReadOnlyList<Address> stated = [];

    private QuotedHeader(int start) => Start = start;

    /// <summary>First character in the text.</summary>
    public int Start { get; }

    /// <summary>One past the last character.</summary>
    public int End { get; private set; }

    /// <summary>First value of that name; null when there is none.</summary>
    public string? First(string name)
    {
        foreach (var (field, value) in fields)
            if (field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        return null;
    }

    /// <summary>When it says it was sent; null when it does not.</summary>
    public string? SentAt => DateNames.Select(First).FirstOrDefault(sent => sent is not null);

    /// <summary>Whether it tells anything about the way of the message.</summary>
    public bool HasTrace { get; private set; }

    /// <summary>All headers in a text, in order. Linear: every colon is looked at once, with at most 48 characters before it.</summary>
    public static List<QuotedHeader> Find(string text, int headersMax)
    {
        var found = new List<QuotedHeader>();
        QuotedHeader? open = null;
        string? name = null;
        var valueStart = 0;
        for (var colon = text.IndexOf(':'); colon >= 0 && found.Count < headersMax; colon = text.IndexOf(':', colon + 1))
        {
            if (NameBefore(text, colon, out var start) is not { } next)
                continue;
            if (open is not null && name is not null && !Continues(text, valueStart, start, next))
            {
                Close(text, open, name, valueStart, ValueEnd(text, valueStart, start), found);
                (open, name) = (null, null);
            }

            if (open is not null && name is not null)
                open.Add(name, text.AsSpan(valueStart, start - valueStart));
            open ??= new QuotedHeader(start);
            (name, valueStart) = (next, colon + 1);
        }

        if (open is not null && name is not null)
            Close(text, open, name, valueStart, ValueEnd(text, valueStart, text.Length), found);
        return found;
    }

    /// <summary>Hand-overs it tells of, newest first, and behind them what servers on the way stated about the sender's address.</summary>
    public IReadOnlyList<Hop> Hops(int hopsMax)
    {
        var hops = new List<Hop>();
        foreach (var (name, value) in fields)
            if (name.Equals("received", StringComparison.OrdinalIgnoreCase) && hops.Count < hopsMax && ReceivedLine.Read(value) is { } hop)
                hops.Add(hop);
        foreach (var address in stated)
            if (hops.Count < hopsMax && !hops.Exists(h => h.Address == address))
                hops.Add(new Hop(address, null, ReportedTime.Missing));
        return hops;
    }

    /// <summary>The header as a message without a body, so that what reads messages can read it.</summary>
    public OriginalMessage ToOriginal(ReportLimits limits, Findings findings)
    {
        var bytes = new StringBuilder();
        foreach (var (name, value) in fields)
            bytes.Append(name).Append(": ").Append(value).Append("\r\n");
        bytes.Append("\r\n");
        return Evidence.FromBytes(Encoding.UTF8.GetBytes(bytes.ToString()), findings) with { HeadersOnly = true, Hops = Hops(limits.Hops) };
    }

    private static string? NameBefore(string text, int colon, out int start)
    {
        start = colon;
        while (start > 0 && colon - start < NameCharsMax && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '-' or '_'))
            start--;
        var name = text.AsSpan(start, colon - start);
        if (name.Length < 2 || (start > 0 && text[start - 1] is not ('\n' or ' ' or '\t' or '*' or '|' or '>' or '"')))
            return null;
        var isLineStart = IsLineStart(text, start);
        if (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ARC-", StringComparison.OrdinalIgnoreCase))
            return name.ToString();
        // "To:" or "date:" in the middle of a line is a word of the sentence unless it is a flattened header, where Received is near.
        if (!KnownNames.Contains(name) || (!isLineStart && !char.IsUpper(name[0])))
            return null;
        return name.ToString();
    }

    private static bool IsLineStart(string text, int start)
    {
        for (var i = start - 1; i >= 0 && start - i < 12; i--)
        {
            if (text[i] == '\n')
                return true;
            if (text[i] is not (' ' or '\t' or '*' or '|'))
                return false;
        }

        return start < 12;
    }

    // The next field follows the value at once, or after blank lines only, which HTML puts between all lines.
    private static bool Continues(string text, int valueStart, int nextStart, string next)
    {
        if (nextStart - valueStart > ValueCharsMax * 2)
            return false;
        var value = text.AsSpan(valueStart, nextStart - valueStart);
        var blank = value.IndexOf("\n\n", StringComparison.Ordinal);
        if (blank >= 0)
            return value[blank..].IsWhiteSpace();
        if (IsLineStart(text, nextStart))
            return true;
        return !next.Equals("to", StringComparison.OrdinalIgnoreCase) || value.Length < 500;
    }

    private static int ValueEnd(string text, int start, int before)
    {
        var value = text.AsSpan(start, Math.Min(before - start, ValueCharsMax));
        var blank = value.IndexOf("\n\n", StringComparison.Ordinal);
        return start + (blank < 0 ? value.Length : blank);
    }

    private static void Close(string text, QuotedHeader header, string name, int valueStart, int valueEnd, List<QuotedHeader> found)
    {
        header.Add(name, text.AsSpan(valueStart, valueEnd - valueStart));
        header.End = valueEnd;
        header.stated = [.. header.fields.SelectMany(f => SenderStatement.Addresses(f.Name, f.Value))];
        header.HasTrace = header.stated.Count > 0 || header.fields.Exists(f => f.Name.Equals("received", StringComparison.OrdinalIgnoreCase));
        if (header.IsHeader())
            found.Add(header);
    }

    private void Add(string name, ReadOnlySpan<char> value)
    {
        if (value.Length > ValueCharsMax)
            value = value[..ValueCharsMax];
        var unfolded = new StringBuilder(value.Length);
        foreach (var range in value.SplitAny(" \t\n*"))
        {
            if (value[range].IsEmpty)
                continue;
            if (unfolded.Length > 0)
                unfolded.Append(' ');
            unfolded.Append(value[range]);
        }

        fields.Add((name, unfolded.ToString()));
    }

    private bool IsHeader()
    {
        var technical = fields.Count(f => Technical.Contains(f.Name, StringComparer.OrdinalIgnoreCase));
        return technical >= 2 || (technical == 1 && fields.Count >= 2) || (fields.Count >= 3 && IsForwardHead())
            || (fields.Count >= 2 && stated.Count > 0);
    }

    // "From: … Sent: … To: … Subject: …", which mail programs put above what they forward.
    private bool IsForwardHead() =>
        fields.Exists(f => f.Name.ToLowerInvariant() is "from" or "von" or "de" or "da" or "van" or "od" or "från" or "fra"
            or "lähettäjä" or "feladó" or "expeditor" or "gönderen" or "от" or "від" or "από" or "差出人" or "发件人" or "寄件者" or "מאת")
        && fields.Exists(f => f.Name.ToLowerInvariant() is "subject" or "betreff" or "objet" or "asunto" or "assunto" or "oggetto" or "onderwerp"
            or "temat" or "ämne" or "emne" or "aihe" or "tárgy" or "předmět" or "predmet" or "subiect" or "konu" or "тема" or "θέμα" or "件名"
            or "主题" or "主旨" or "נושא");
}

/// <summary>What a header field other than Received states about the address that a message came from.</summary>
internal static class SenderStatement
{
    /// <summary>The addresses stated; usually none or one.</summary>
    public static IEnumerable<Address> Addresses(string name, string value)
    {
        if (name.Equals("X-Forefront-Antispam-Report", StringComparison.OrdinalIgnoreCase))
            return After(value, "CIP:");
        if (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase))
            return NamesAddress(name) ? All(value) : [];
        return name.ToLowerInvariant() is "received-spf" or "authentication-results" or "arc-authentication-results" or "authentication-results-original"
            ? After(value, "client-ip=").Concat(After(value, "sender IP is ")).Concat(After(value, "remote-ip="))
                .Concat(Before(value, " as permitted sender")).Concat(Before(value, " as legitimate sender"))
            : [];
    }

    private static bool NamesAddress(string name)
    {
        for (var at = name.IndexOf("ip", StringComparison.OrdinalIgnoreCase); at >= 0; at = name.IndexOf("ip", at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var isStart = !char.IsLetter(name[at - 1]) || char.IsLower(name[at - 1]) && char.IsUpper(name[at]);
            if (isStart && (at + 2 == name.Length || !char.IsLower(name[at + 2])))
                return true;
        }

        return name.Equals("X-Mdremoteip", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-Client-Addr", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<Address> All(string value) =>
        MentionScanner.Scan(value, 4).Where(m => m is { Kind: MentionKind.Address }).Select(m => m.Address!.Value);

    private static IEnumerable<Address> After(string value, string label)
    {
        var at = value.IndexOf(label, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? [] : All(value.Substring(at + label.Length, Math.Min(60, value.Length - at - label.Length))).Take(1);
    }

    private static IEnumerable<Address> Before(string value, string label)
    {
        var at = value.IndexOf(label, StringComparison.OrdinalIgnoreCase);
        var from = Math.Max(0, at - 60);
        return at < 0 ? [] : All(value[from..at]).TakeLast(1);
    }
}
