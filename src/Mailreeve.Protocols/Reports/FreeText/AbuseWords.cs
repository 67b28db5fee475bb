using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>Kind of abuse by the words of a report, in several languages. The words are data: abuse-words.tsv.</summary>
internal static class AbuseWords
{
    // Reports say at the beginning what they are about; evidence and legal text follow.
    private const int BodyCharsMax = 16_384;
    private const int HitsMax = 400;

    // From here on lie the scripts of East Asia, which have no blanks, or endings directly behind a word.
    private const char Unspaced = '\u2E80';

    private static readonly Table Words = Load();

    /// <summary>A kind of abuse and the word that says so.</summary>
    /// <param name="Type">Category, type and usual role.</param>
    /// <param name="Word">As listed.</param>
    /// <param name="Score">Weights of all its words in the text; a word in the subject counts five times.</param>
    internal sealed record Verdict(AbuseType Type, string Word, int Score);

    /// <summary>The kind that most words speak of; null when none does.</summary>
    public static Verdict? Decide(string subject, string body)
    {
        var scores = new Dictionary<Row, int>();
        Score(subject, 5, scores);
        Score(body.AsSpan(0, Math.Min(body.Length, BodyCharsMax)), 1, scores);
        if (scores.Count == 0)
            return null;
        var byType = scores.Where(s => s.Key.Weight > 0).DefaultIfEmpty(scores.First()).GroupBy(s => s.Key.Type).Select(g => (Type: g.Key, Score: g.Sum(s => s.Value), Best: g.MaxBy(s => s.Value).Key))
            .OrderByDescending(t => t.Score).ThenByDescending(t => t.Best.Weight).ThenBy(t => t.Best.Order).First();
        return new Verdict(byType.Type, byType.Best.Word, byType.Score);
    }

    /// <summary>The kind that one line speaks of, such as a heading above a list.</summary>
    public static AbuseType? OfLine(ReadOnlySpan<char> line)
    {
        var scores = new Dictionary<Row, int>();
        Score(line[..Math.Min(line.Length, 200)], 1, scores);
        return scores.Count == 0 ? null : scores.Keys.Where(r => r.Weight > 0).MaxBy(r => (r.Weight, r.Word.Length))?.Type;
    }

    private static void Score(ReadOnlySpan<char> text, int factor, Dictionary<Row, int> scores)
    {
        for (var (from, hits) = (0, 0); from < text.Length && hits < HitsMax; hits++)
        {
            var at = text[from..].IndexOfAny(Words.Phrases);
            if (at < 0)
                return;
            at += from;
            from = at + 1;
            // Where no blanks stand between words, one may begin anywhere.
            if (at > 0 && char.IsLetterOrDigit(text[at - 1]) && text[at] < Unspaced)
                continue;
            if (Longest(text[at..]) is not { } row)
                continue;
            from = at + row.Word.Length;
            // A word said twenty times does not outweigh three that say something else.
            ref var score = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(scores, row, out _);
            if (score < row.Weight * 5 * 3)
                score += row.Weight * factor;
        }
    }

    private static Row? Longest(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || !Words.ByStart.TryGetValue(Key(text), out var rows))
            return null;
        foreach (var row in rows)
        {
            if (!text.StartsWith(row.Word, StringComparison.OrdinalIgnoreCase))
                continue;
            if (row.IsStem || row.Word[^1] >= Unspaced || text.Length == row.Word.Length || !char.IsLetterOrDigit(text[row.Word.Length]))
                return row;
        }

        return null;
    }

    private static string Key(ReadOnlySpan<char> text) => text[..2].ToString().ToLowerInvariant();

    private static Table Load()
    {
        var rows = new List<Row>();
        foreach (var cells in DataTable.Rows("abuse-words.tsv"))
        {
            var slash = cells[0].IndexOf('/', StringComparison.Ordinal);
            var role = cells[1] == "site" ? ObservationRole.Site : ObservationRole.Source;
            var type = new AbuseType(cells[0][..slash], cells[0][(slash + 1)..], role);
            var weight = int.Parse(cells[2], CultureInfo.InvariantCulture);
            foreach (var word in cells.AsSpan(3))
                rows.Add(new Row(word.TrimEnd('-'), word.EndsWith('-'), type, weight, rows.Count));
        }

        return new Table(
            SearchValues.Create([.. rows.Select(r => r.Word)], StringComparison.OrdinalIgnoreCase),
            rows.GroupBy(r => Key(r.Word)).ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(r => r.Word.Length).ToArray()));
    }

    private sealed record Row(string Word, bool IsStem, AbuseType Type, int Weight, int Order);

    private sealed record Table(SearchValues<string> Phrases, FrozenDictionary<string, Row[]> ByStart);
}
