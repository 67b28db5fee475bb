using System.Buffers;
using System.Collections.Frozen;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Recognises by its words what else people send to an abuse desk: offers, invoices, questions of customers, answers of other desks, phishing for
/// the desk's own password. The words are data: unasked-words.tsv says what their marks mean.
/// </summary>
/// <remarks>Only where no log line and no original is there: a person who reports such a mail says so, or passes it on with its header.</remarks>
internal static class UnaskedMail
{
    private const int CharsMax = 4_000;
    private const int PhrasesMin = 2;
    private const char Certain = '!';
    private const char Unsubscribable = '?';
    private const char Answering = '=';
    private const char Decisive = '+';

    private static readonly Kind[] Kinds = [.. DataTable.Rows("unasked-words.tsv").Select(Kind.Of)];
    private static readonly Kind Report = Array.Find(Kinds, k => k.Name == "report")!;
    private static readonly Kind SurelyReport = Array.Find(Kinds, k => k.Name == "surely a report")!;

    // One pass finds where any of the phrases is: there are hundreds, and a mail is read while its sender waits.
    private static readonly FrozenDictionary<char, string[]> ByFirst =
        Kinds.SelectMany(k => k.Phrases).Distinct().GroupBy(p => p[0]).ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private static readonly SearchValues<string> Any = SearchValues.Create([.. ByFirst.Values.SelectMany(p => p)], StringComparison.OrdinalIgnoreCase);

    /// <summary>What it is, as it stands in a sentence; null when it may be a report.</summary>
    public static string? KindOf(string subject, string body)
    {
        var there = PhrasesIn($"{subject}\n{Start(body)}");
        Kind? best = null;
        var most = PhrasesMin - 1;
        foreach (var kind in Kinds)
        {
            if (kind.Mark == default && kind != Report && kind != SurelyReport && kind.CountIn(there) is var count && count > most)
                (best, most) = (kind, count);
        }

        if (best is not null && Report.CountIn(there) == 0)
            return best.Name;
        return SurelyReport.CountIn(there) > 0 ? null : Array.Find(Kinds, k => k.Mark == Certain && k.CountIn(there) >= PhrasesMin)?.Name;
    }

    /// <summary>Whether its words are those of a newsletter, whatever it tells.</summary>
    public static bool IsNewsletter(string subject, string body)
    {
        var end = body.Length > CharsMax ? body[^Math.Min(CharsMax, body.Length - CharsMax)..] : "";
        return Says(Unsubscribable, $"{subject}\n{Start(body)}\n{end}", PhrasesMin);
    }

    /// <summary>Whether what somebody wrote, without what it quotes, answers a report.</summary>
    public static bool IsAnswer(string own) => Says(Answering, Start(own), 1);

    private static bool Says(char mark, string text, int phrasesMin)
    {
        var there = PhrasesIn(text);
        return Array.Exists(Kinds, k => k.Mark == mark && k.CountIn(there) >= phrasesMin);
    }

    private static string Start(string body) => body.Length > CharsMax ? body[..CharsMax] : body;

    // Words begin where letters do: "seo" is none in "museo".
    private static HashSet<string> PhrasesIn(ReadOnlySpan<char> text)
    {
        var there = new HashSet<string>();
        for (var at = 0; text[at..].IndexOfAny(Any) is >= 0 and var next; at++)
        {
            at += next;
            if ((at > 0 && char.IsLetterOrDigit(text[at - 1])) || !ByFirst.TryGetValue(char.ToLowerInvariant(text[at]), out var phrases))
                continue;
            foreach (var phrase in phrases)
                if (text[at..].StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
                    there.Add(phrase);
        }

        return there;
    }

    /// <summary>A kind of mail and the phrases that show it.</summary>
    /// <param name="Name">As it stands in a sentence.</param>
    /// <param name="Mark">When it counts; 0 for always.</param>
    /// <param name="Phrases">In small letters.</param>
    /// <param name="Decisive">Those of which one must be there; empty when any will do.</param>
    private sealed record Kind(string Name, char Mark, string[] Phrases, string[] Decisive)
    {
        public static Kind Of(string[] cells)
        {
            var isMarked = cells[0][0] is Certain or Unsubscribable or Answering;
            return new Kind(
                isMarked ? cells[0][1..] : cells[0], isMarked ? cells[0][0] : default,
                [.. cells.Skip(1).Select(c => c.TrimStart(UnaskedMail.Decisive))],
                [.. cells.Skip(1).Where(c => c[0] == UnaskedMail.Decisive).Select(c => c[1..])]);
        }

        public int CountIn(HashSet<string> there) => Decisive.Length > 0 && !Array.Exists(Decisive, there.Contains) ? 0 : Phrases.Count(there.Contains);
    }
}
