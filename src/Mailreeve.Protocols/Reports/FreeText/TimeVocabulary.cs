using System.Collections.Frozen;
using System.Globalization;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>The words around times. They are data: time-words.tsv.</summary>
internal static class TimeVocabulary
{
    private static readonly List<string[]> Rows = [.. DataTable.Rows("time-words.tsv")];

    private static readonly FrozenDictionary<string, int> MonthNumbers = Numbered("month");
    private static readonly Dictionary<char, string[]> ClockWords = ByFirst("clock", "hour");
    private static readonly HashSet<string> HourWords = Words("hour");
    private static readonly Dictionary<char, string[]> DateWords = ByFirst("date");
    private static readonly Dictionary<char, string[]> RangeWords = ByFirst("range");
    private static readonly Dictionary<char, string[]> UnitWords = ByFirst("unit");
    private static readonly Dictionary<char, string[]> ZoneWords = ByFirst("zone");
    private static readonly Dictionary<char, string[]> HalfWords = ByFirst("pm", "am");
    private static readonly HashSet<string> SecondHalf = Words("pm");
    private static readonly Dictionary<char, string[]> DayWords = ByFirst("day");
    private static readonly FrozenDictionary<string, int> DayNumbers = Numbered("day");

    /// <summary>Number of a month by its name.</summary>
    public static FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Months { get; } =
        MonthNumbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Length of a word between a date and its clock time; 0 when there is none. <paramref name="saysHour"/>: nothing but a clock time follows it.</summary>
    public static int BeforeClock(ReadOnlySpan<char> text, out bool saysHour)
    {
        var word = Find(text, ClockWords);
        saysHour = word is not null && HourWords.Contains(word);
        return word?.Length ?? 0;
    }

    /// <summary>Length of a word between a clock time and its date.</summary>
    public static int BeforeDate(ReadOnlySpan<char> text) => Find(text, DateWords)?.Length ?? 0;

    /// <summary>Length of a word before or between the clock times of a range.</summary>
    public static int InRange(ReadOnlySpan<char> text) => Find(text, RangeWords)?.Length ?? 0;

    /// <summary>Length of a unit behind a clock time.</summary>
    public static int Unit(ReadOnlySpan<char> text) => Find(text, UnitWords)?.Length ?? 0;

    /// <summary>Length of a word between a clock time and its zone.</summary>
    public static int BeforeZone(ReadOnlySpan<char> text) => Find(text, ZoneWords)?.Length ?? 0;

    /// <summary>Length of a word for a half of the day.</summary>
    public static int Half(ReadOnlySpan<char> text, out bool isPm)
    {
        var word = Find(text, HalfWords);
        isPm = word is not null && SecondHalf.Contains(word);
        return word?.Length ?? 0;
    }

    /// <summary>Length of a word such as "yesterday", and its distance from today.</summary>
    public static int Day(ReadOnlySpan<char> text, out int distance)
    {
        var word = Find(text, DayWords);
        distance = word is null ? 0 : DayNumbers[word];
        return word?.Length ?? 0;
    }

    // A word ends where letters end; one of a script without blanks ends anywhere.
    private static string? Find(ReadOnlySpan<char> text, Dictionary<char, string[]> words)
    {
        if (text.IsEmpty || !words.TryGetValue(char.ToLowerInvariant(text[0]), out var some))
            return null;
        foreach (var word in some)
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                && (text.Length == word.Length || !char.IsLetter(word[^1]) || !char.IsLetter(text[word.Length]) || word[^1] >= '\u2E80'))
                return word;
        }

        return null;
    }

    private static HashSet<string> Words(string kind) => new(Rows.Where(r => r[0] == kind).SelectMany(r => r.Skip(1)), StringComparer.OrdinalIgnoreCase);

    private static Dictionary<char, string[]> ByFirst(params string[] kinds) =>
        Rows.Where(r => kinds.Contains(r[0])).SelectMany(r => r.Skip(r[0] is "month" or "day" ? 2 : 1)).Distinct(StringComparer.OrdinalIgnoreCase)
            .GroupBy(w => char.ToLowerInvariant(w[0])).ToDictionary(g => g.Key, g => g.OrderByDescending(w => w.Length).ToArray());

    private static FrozenDictionary<string, int> Numbered(string kind)
    {
        var numbers = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in Rows.Where(r => r[0] == kind))
            foreach (var word in row.Skip(2))
                numbers.TryAdd(word, int.Parse(row[1], CultureInfo.InvariantCulture));
        return numbers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
