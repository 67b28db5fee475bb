namespace Mailreeve.Protocols.Reports;

/// <summary>Recognises what else people send to an abuse desk: offers, invoices, applications, and phishing for its own password. The words are data: unasked-words.tsv.</summary>
/// <remarks>Only where no log line and no original is there: a person who reports such a mail says so, or passes it on with its header.</remarks>
internal static class UnaskedMail
{
    private const int CharsMax = 4_000;
    private const int PhrasesMin = 2;
    private const string Report = "report";
    private const char Unsubscribable = '?';
    private const char Certain = '!';

    private static readonly string[][] Kinds = [.. DataTable.Rows("unasked-words.tsv")];
    private static readonly string[] Reported = Array.Find(Kinds, k => k[0] == Report)!;

    /// <summary>What it is, as it stands in a sentence; null when it may be a report.</summary>
    public static string? KindOf(string subject, string body)
    {
        var start = Start(body);
        string? best = null;
        var most = PhrasesMin - 1;
        foreach (var cells in Kinds)
        {
            if (cells[0][0] is Unsubscribable or Certain || cells[0] == Report)
                continue;
            if (Count(cells, subject, start) is var count && count > most)
                (best, most) = (cells[0], count);
        }

        if (best is not null && Count(Reported, subject, start) == 0)
            return best;
        return Array.Find(Kinds, k => k[0][0] == Certain && Count(k, subject, start) >= PhrasesMin)?[0][1..];
    }

    /// <summary>Whether its words are those of a newsletter, whatever it tells.</summary>
    public static bool IsNewsletter(string subject, string body)
    {
        var start = Start(body) + (body.Length > CharsMax ? body[^Math.Min(CharsMax, body.Length - CharsMax)..] : "");
        return Array.Exists(Kinds, k => k[0][0] == Unsubscribable && Count(k, subject, start) >= PhrasesMin);
    }

    private static string Start(string body) => body.Length > CharsMax ? body[..CharsMax] : body;

    private static int Count(string[] cells, string subject, string text)
    {
        var count = 0;
        foreach (var phrase in cells.AsSpan(1))
            count += Names(subject, phrase) || Names(text, phrase) ? 1 : 0;
        return count;
    }

    // Words begin where letters do: "seo" is none in "museo".
    private static bool Names(string text, string phrase)
    {
        for (var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = text.IndexOf(phrase, at + phrase.Length, StringComparison.OrdinalIgnoreCase))
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                return true;
        return false;
    }
}
