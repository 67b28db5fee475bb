namespace Mailreeve.Protocols.Reports;

/// <summary>Recognises what else people send to an abuse desk: offers, invoices, applications, and phishing for its own password. The words are data: unasked-words.tsv.</summary>
/// <remarks>Only where nobody is accused: a person who reports such a mail says so, or names an address, or passes its header on.</remarks>
internal static class UnaskedMail
{
    private const int CharsMax = 4_000;
    private const int PhrasesMin = 2;

    private static readonly string[][] Kinds = [.. DataTable.Rows("unasked-words.tsv")];

    /// <summary>What it is, as it stands in a sentence; null when it may be a report.</summary>
    public static string? KindOf(string subject, string body)
    {
        var start = body.Length > CharsMax ? body[..CharsMax] : body;
        string? best = null;
        var most = PhrasesMin - 1;
        foreach (var cells in Kinds)
        {
            var count = 0;
            foreach (var phrase in cells.AsSpan(1))
                count += Names(subject, phrase) || Names(start, phrase) ? 1 : 0;
            if (cells[0] == "report" && count > 0)
                return null;
            if (count > most)
                (best, most) = (cells[0], count);
        }

        return best == "report" ? null : best;
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
