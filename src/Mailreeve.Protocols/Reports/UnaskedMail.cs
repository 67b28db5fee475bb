namespace Mailreeve.Protocols.Reports;

/// <summary>Recognises what else people send to an abuse desk: offers, invoices, applications, and phishing for its own password. The words are data: unasked-words.tsv.</summary>
/// <remarks>Only where no log line and no original is there: a person who reports such a mail says so, or passes it on with its header.</remarks>
internal static class UnaskedMail
{
    private const int CharsMax = 4_000;
    private const int PhrasesMin = 2;
    private const string Report = "report";
    private const string SurelyReport = "surely a report";
    private const char Decisive = '+';
    private const char Unsubscribable = '?';
    private const char Certain = '!';

    private static readonly string[][] Kinds = [.. DataTable.Rows("unasked-words.tsv")];
    private static readonly string[] Reported = Array.Find(Kinds, k => k[0] == Report)!;
    private static readonly string[] Accused = Array.Find(Kinds, k => k[0] == SurelyReport)!;

    /// <summary>What it is, as it stands in a sentence; null when it may be a report.</summary>
    public static string? KindOf(string subject, string body)
    {
        var start = Start(body);
        string? best = null;
        var most = PhrasesMin - 1;
        foreach (var cells in Kinds)
        {
            if (cells[0][0] is Unsubscribable or Certain || cells[0] is Report or SurelyReport)
                continue;
            if (Count(cells, subject, start) is var count && count > most)
                (best, most) = (cells[0], count);
        }

        if (best is not null && Count(Reported, subject, start) == 0)
            return best;
        return Count(Accused, subject, start) > 0 ? null : Array.Find(Kinds, k => k[0][0] == Certain && Count(k, subject, start) >= PhrasesMin)?[0][1..];
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
        var (count, needsDecisive, hasDecisive) = (0, false, false);
        foreach (var cell in cells.AsSpan(1))
        {
            var phrase = cell.AsSpan(cell[0] == Decisive ? 1 : 0);
            var isThere = Names(subject, phrase) || Names(text, phrase);
            count += isThere ? 1 : 0;
            needsDecisive |= cell[0] == Decisive;
            hasDecisive |= isThere && cell[0] == Decisive;
        }

        return needsDecisive && !hasDecisive ? 0 : count;
    }

    // Words begin where letters do: "seo" is none in "museo".
    private static bool Names(ReadOnlySpan<char> text, ReadOnlySpan<char> phrase)
    {
        for (var rest = text; rest.IndexOf(phrase, StringComparison.OrdinalIgnoreCase) is >= 0 and var at; rest = rest[(at + phrase.Length)..])
            if (text.Length - rest.Length + at is var place && (place == 0 || !char.IsLetterOrDigit(text[place - 1])))
                return true;
        return false;
    }
}
