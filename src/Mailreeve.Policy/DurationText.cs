using System.Globalization;
using System.Text;
using NodaTime;

namespace Mailreeve.Policy;

/// <summary>Durations as they stand in the policy file (<c>24 h</c>, <c>30 d</c>, <c>23 h 59 min 59 s</c>) and as people read them.</summary>
public static class DurationText
{
    /// <summary>Longest duration that is accepted: ten years. More is a slip of the pen.</summary>
    public const long DaysMax = 3650;

    private static readonly (string Unit, long Seconds)[] Units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

    /// <summary>Reads numbers with units <c>d</c>, <c>h</c>, <c>min</c>, <c>s</c>, largest first, each at most once, with one blank between.</summary>
    /// <returns><see langword="false"/> for anything else, and above <see cref="DaysMax"/> days.</returns>
    public static bool TryParse(string text, out Duration duration)
    {
        duration = Duration.Zero;
        var words = text.Split(' ');
        if (words.Length % 2 != 0)
            return false;

        var seconds = 0L;
        var next = 0;
        for (var i = 0; i < words.Length; i += 2)
        {
            var unit = Array.FindIndex(Units, next, u => u.Unit == words[i + 1]);
            if (unit < 0 || !long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count > DaysMax * 86_400 / Units[unit].Seconds)
                return false;
            seconds += count * Units[unit].Seconds;
            next = unit + 1;
        }

        duration = Duration.FromSeconds(seconds);
        return seconds <= DaysMax * 86_400;
    }

    /// <summary>The form that <see cref="TryParse"/> reads; parts below a second are dropped.</summary>
    public static string Print(Duration duration)
    {
        var text = new StringBuilder();
        var left = (long)duration.TotalSeconds;
        var days = left % 86_400 == 0 && left >= 3 * 86_400;
        foreach (var (unit, size) in Units)
        {
            // Up to three days in hours, as the policy counts: 24 h, 48 h.
            if (left < size || (unit == "d" && !days))
                continue;
            text.Append(text.Length == 0 ? "" : " ").Append(left / size).Append(' ').Append(unit);
            left %= size;
        }

        return text.Length == 0 ? "0 s" : text.ToString();
    }

    /// <summary>For people: <c>24 hours</c>, <c>30 days</c>, <c>1 hour 30 minutes</c>.</summary>
    public static string Human(Duration duration)
    {
        var words = Print(duration).Split(' ');
        for (var i = 1; i < words.Length; i += 2)
        {
            var noun = words[i] switch { "d" => "day", "h" => "hour", "min" => "minute", _ => "second" };
            words[i] = words[i - 1] == "1" ? noun : noun + "s";
        }

        return string.Join(' ', words);
    }
}
