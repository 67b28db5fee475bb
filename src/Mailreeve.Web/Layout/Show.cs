using System.Text;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Web.Layout;

/// <summary>How facts are written on a page.</summary>
internal static class Show
{
    private static readonly InstantPattern UtcPattern = InstantPattern.CreateWithInvariantCulture("d MMM uuuu, HH:mm 'UTC'");
    private static readonly ZonedDateTimePattern LocalPattern =
        ZonedDateTimePattern.CreateWithInvariantCulture("d MMM uuuu, HH:mm '('o<g>')'", DateTimeZoneProviders.Tzdb);

    /// <summary><c>24 Nov 2026, 08:15 UTC</c>.</summary>
    public static string Utc(Instant at) => UtcPattern.Format(at);

    /// <summary>The same in someone's time zone: <c>24 Nov 2026, 00:15 (-08)</c>; in UTC when the zone is unknown.</summary>
    public static string Local(Instant at, string timeZone) =>
        LocalPattern.Format(at.InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc));

    /// <summary>For <c>datetime</c> attributes.</summary>
    public static string Machine(Instant at) => InstantPattern.General.Format(at);

    /// <summary>How long, in the two largest units: <c>2 days 3 hours</c>, <c>45 minutes</c>.</summary>
    public static string Span(Duration span)
    {
        if (span < Duration.Zero)
            span = -span;
        var parts = new[]
        {
            (Count: span.Days, Unit: "day"),
            (Count: span.Hours, Unit: "hour"),
            (Count: span.Minutes, Unit: "minute"),
        };
        var shown = parts.SkipWhile(p => p.Count == 0).Take(2).Where(p => p.Count > 0)
            .Select(p => p.Count == 1 ? $"1 {p.Unit}" : $"{p.Count} {p.Unit}s");
        var text = string.Join(' ', shown);
        return text.Length == 0 ? "less than a minute" : text;
    }

    /// <summary><c>3 hours 20 minutes left</c> or <c>overdue by 2 days</c>.</summary>
    public static string TimeLeft(Instant due, Instant now) => due > now ? $"{Span(due - now)} left" : $"overdue by {Span(now - due)}";

    /// <summary><c>5 minutes ago</c>.</summary>
    public static string Ago(Instant at, Instant now) => $"{Span(now - at)} ago";

    /// <summary>The words of an enum value: <c>AwaitingAnswer</c> is <c>awaiting answer</c>.</summary>
    public static string Words(Enum value)
    {
        var name = value.ToString();
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append(' ');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>The same, to begin a line with.</summary>
    public static string Title(Enum value)
    {
        var words = Words(value);
        return $"{char.ToUpperInvariant(words[0])}{words[1..]}";
    }

    /// <summary><c>1 report</c>, <c>3 reports</c>.</summary>
    public static string Count(long count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count:N0} {many ?? one + "s"}";

    /// <summary><c>12 kB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} bytes",
        < 1_000_000 => $"{bytes / 1000} kB",
        _ => $"{bytes / 1_000_000.0:0.0} MB",
    };

    /// <summary>
    /// A stranger's text as it may stand on a page: what would move the cursor, turn the reading direction around or hide is shown as a
    /// visible sign. The page escapes it besides.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var shown = c switch
            {
                '\n' or '\t' => c,
                '\r' => '\0',
                < ' ' => (char)(0x2400 + c),
                '\x7f' => '\u2421',
                // Controls of C1, zero width, bidirectional overrides and isolates, byte order mark.
                (>= '\x80' and < '\xa0') or (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2060' and <= '\u206f')
                    or '\ufeff' => '\ufffd',
                _ => c,
            };
            if (shown != '\0')
                plain.Append(shown);
        }

        return plain.ToString();
    }
}
