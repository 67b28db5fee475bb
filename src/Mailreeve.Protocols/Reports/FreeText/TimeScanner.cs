using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using NodaTime;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>
/// Finds times in a text in the notations of people and of logs: ISO and its variants, RFC 5322, syslog without year and zone, Apache,
/// ctime, JavaScript, day or month first, 12-hour clocks, seconds since 1970, names of months in several languages. One pass; at most 120
/// characters are read from any place where a time may begin.
/// </summary>
internal static class TimeScanner
{
    private const int TimeCharsMax = 120;

    private static readonly SearchValues<string> ZonePhrases = SearchValues.Create(
        [
            "timezone", "time zone", "time-zone", "times are", "times in", "timestamps are", "timestamps in", "zeitzone", "alle zeiten",
            "zeitangaben", "zeitstempel", "fuseau", "huso horario", "zona horaria", "fuso hor", "fuso orario", "tijdzone", "(utc", "(gmt", "[utc",
            "_utc", "time utc", "gmt+", "gmt-", "gmt +", "gmt -", "utc+", "utc-", "utc +", "utc -", "are utc", "is utc", "in utc", "in gmt", "are gmt", "is gmt", "utc time", "tz=", "all dates are", "часовой пояс", "czas ",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>All times, in order; at most <paramref name="timesMax"/>.</summary>
    public static List<TimeMention> Scan(string text, TimeContext context, int timesMax)
    {
        var found = new List<TimeMention>();
        for (var at = 0; at < text.Length && found.Count < timesMax;)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }

            var cursor = new TimeCursor(text.AsSpan(at, Math.Min(TimeCharsMax, text.Length - at)), context, IsEpochPlace(text, at));
            if (cursor.TryRead(out var time))
            {
                found.Add(new TimeMention(at, at + cursor.Consumed, time));
                at += cursor.Consumed;
                continue;
            }

            while (at < text.Length && char.IsLetterOrDigit(text[at]))
                at++;
        }

        return found;
    }

    /// <summary>The zone that the text states once for all its times.</summary>
    public static TimeContext ContextOf(string text, Instant? sentAt)
    {
        var rest = text.AsSpan();
        for (var i = 0; i < 50; i++)
        {
            var at = rest.IndexOfAny(ZonePhrases);
            if (at < 0)
                break;
            var place = text.Length - rest.Length + at;
            if (ZoneNear(text, place) is var (offset, confidence))
                return new TimeContext(sentAt, offset, confidence);
            rest = rest[(at + 3)..];
        }

        return new TimeContext(sentAt, null, TimeConfidence.None);
    }

    private static (int Offset, TimeConfidence Confidence)? ZoneNear(string text, int place)
    {
        // "10:00 (UTC)" and "10:00 AM UTC+2" have the zone of one time, "Date (UTC)" that of a column.
        var before = text.AsSpan(Math.Max(0, place - 40), Math.Min(place, 40)).TrimEnd(" \t([,");
        if (text[place] is '(' or '[' or 'u' or 'U' or 'g' or 'G'
            && (before.IsEmpty || !char.IsLetter(before[^1]) || IsHalfOfDay(before)))
            return null;
        var line = text.AsSpan(place, Math.Min(60, text.Length - place));
        var end = line.IndexOfAny('\n', '.');
        line = end < 0 ? line : line[..end];
        for (var i = 0; i < line.Length; i++)
        {
            if (i > 0 && char.IsLetterOrDigit(line[i - 1]))
                continue;
            if (char.IsAsciiLetterUpper(line[i]) || line[i] is '+' or '-' || (i == 0 && line[i] is '_')
                || line[i..].StartsWith("utc", StringComparison.Ordinal))
            {
                var zone = new TimeCursor(line[(line[i] == '_' ? i + 1 : i)..], default, false);
                if (zone.TryReadZone(out var offset, out var confidence))
                    return (offset, confidence);
            }
        }

        return null;
    }

    private static bool IsHalfOfDay(ReadOnlySpan<char> before) =>
        before.Length > 2 && before[^1] is 'm' or 'M' && before[^2] is 'a' or 'A' or 'p' or 'P' && before[^3] is ' ' or (>= '0' and <= '9');

    // Ten digits are a time only where a time is to be expected.
    private static bool IsEpochPlace(string text, int at)
    {
        if (!char.IsAsciiDigit(text[at]))
            return false;
        var before = text.AsSpan(Math.Max(0, at - 24), Math.Min(at, 24)).TrimEnd(" \"':=[");
        return (at > 0 && text[at - 1] is '[') || before.EndsWith("time", StringComparison.OrdinalIgnoreCase)
            || before.EndsWith("timestamp", StringComparison.OrdinalIgnoreCase) || before.EndsWith("epoch", StringComparison.OrdinalIgnoreCase)
            || before.EndsWith("date", StringComparison.OrdinalIgnoreCase) || before.EndsWith("ts", StringComparison.OrdinalIgnoreCase)
            || before.EndsWith("seen", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Reads one time at the beginning of a span.</summary>
internal ref struct TimeCursor(ReadOnlySpan<char> text, TimeContext context, bool mayBeEpoch)
{
    private static readonly FrozenDictionary<string, int> MonthNames = Months();
    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> MonthOf =
        MonthNames.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> DayNames = new HashSet<string>(
        [
            "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
            "saturday", "sunday", "mo", "di", "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
            "sonntag", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
            "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "segunda", "terça", "quarta", "quinta", "sexta", "seg",
            "ter", "qua", "qui", "sex", "sáb", "dom", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly ReadOnlySpan<char> all = text;
    private readonly TimeContext context = context;
    private ReadOnlySpan<char> rest = text;
    private bool isYearGuessed;
    private bool isOrderGuessed;

    /// <summary>Characters read.</summary>
    public readonly int Consumed => all.Length - rest.Length;

    public bool TryRead(out ReportedTime time)
    {
        time = ReportedTime.Missing;
        if (rest.IsEmpty)
            return false;
        if (mayBeEpoch && TryReadEpoch(out var instant))
        {
            time = new ReportedTime(Raw(), instant, TimeConfidence.Exact);
            return true;
        }

        var readDate = char.IsAsciiDigit(rest[0]) ? TryReadDigitDate(out var date) : TryReadNamedDate(out date);
        if (!readDate)
            return false;
        var dateEnd = rest;
        if (!TryReadClock(ref date, out var clock, out var hasZoneAlready, out var zone))
        {
            rest = dateEnd;
            if (isYearGuessed)
                return false;
            time = new ReportedTime(Raw(), date.AtMidnight().InUtc().ToInstant(), TimeConfidence.Day);
            return true;
        }

        var (offset, confidence) = hasZoneAlready ? zone : ReadZoneBehind();
        var utc = (date + clock).WithOffset(Offset.FromSeconds(offset)).ToInstant();
        if (isOrderGuessed || (isYearGuessed && confidence == TimeConfidence.Exact && context.SentAt is null))
            confidence = TimeConfidence.Guess;
        time = new ReportedTime(Raw(), utc, confidence);
        return true;
    }

    private readonly string Raw() => all[..Consumed].Trim().ToString();

    private bool TryReadEpoch(out Instant instant)
    {
        instant = default;
        var digits = Digits();
        if (digits is not (10 or 13) || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        if (digits == 13)
            value /= 1000;
        if (value is < 1_000_000_000 or > 2_200_000_000)
            return false;
        rest = rest[digits..];
        if (rest is ['.', >= '0' and <= '9', ..])
            rest = rest[(1 + Digits(1))..];
        instant = Instant.FromUnixTimeSeconds(value);
        return true;
    }

    private bool TryReadDigitDate(out LocalDate date)
    {
        date = default;
        var digits = Digits();
        if (digits == 4 && rest.Length > 8 && rest[4] is '-' or '/' or '.')
            return TryReadYearFirst(out date);
        if (digits == 8 && rest.Length > 12 && rest[8] is 'T' or ' ' or '-' or '_')
            return TryMake(Number(rest[..4]), Number(rest[4..6]), Number(rest[6..8]), out date) && Advance(8) && HasClockNext();
        if (digits is not (1 or 2))
            return false;
        var first = Number(rest[..digits]);
        rest = rest[digits..];
        if (rest.Length < 4)
            return false;
        // Snort writes no year: "07/14-16:05:06.123456".
        if (digits == 2 && rest is ['/', >= '0' and <= '9', >= '0' and <= '9', '-', _, _, ':', _, _, ':', ..] && first is >= 1 and <= 12)
        {
            var dayOfMonth = Number(rest[1..3]);
            rest = rest[3..];
            return TryGuessYear(first, dayOfMonth, out date);
        }

        if (rest[0] is '/' or '-' or '.' && char.IsAsciiDigit(rest[1]))
            return TryReadThreeNumbers(first, out date);
        return TryReadDayMonthName(first, out date);
    }

    private bool TryReadYearFirst(out LocalDate date)
    {
        date = default;
        var separator = rest[4];
        var year = Number(rest[..4]);
        rest = rest[5..];
        var digits = Digits();
        if (digits is not (1 or 2))
        {
            // 2024-Mar-05
            if (!TryReadMonth(out var named) || !Take(separator) || Digits() is not (1 or 2))
                return false;
            var dayOf = Number(rest[..Digits()]);
            rest = rest[Digits()..];
            return TryMake(year, named, dayOf, out date);
        }

        var month = Number(rest[..digits]);
        rest = rest[digits..];
        if (!Take(separator))
            return false;
        digits = Digits();
        if (digits is not (1 or 2))
            return false;
        var day = Number(rest[..digits]);
        rest = rest[digits..];
        return !(rest is ['.', >= '0' and <= '9', ..] && separator == '.') && TryMake(year, month, day, out date);
    }

    // 05.03.2024, 05/03/2024, 5-3-24
    private bool TryReadThreeNumbers(int first, out LocalDate date)
    {
        date = default;
        var separator = rest[0];
        rest = rest[1..];
        var digits = Digits();
        if (digits is not (1 or 2))
            return false;
        var second = Number(rest[..digits]);
        rest = rest[digits..];
        if (!Take(separator))
            return false;
        digits = Digits();
        if (digits is not (2 or 4))
            return false;
        var year = Number(rest[..digits]);
        rest = rest[digits..];
        // Snort and Suricata put a dash before the clock.
        if (rest is ['.' or '/' or '-', >= '0' and <= '9', ..] && rest is not ['-', _, _, ':', ..])
            return false;
        if (digits == 2)
        {
            year += 2000;
            if (!HasClockNext())
                return false;
        }

        if (year is < 1990 or > 2100)
            return false;
        var isDayFirst = TryMake(year, second, first, out var dayFirst);
        var isMonthFirst = TryMake(year, first, second, out var monthFirst);
        if (!isDayFirst || !isMonthFirst || first == second)
        {
            date = isDayFirst ? dayFirst : monthFirst;
            return isDayFirst || isMonthFirst;
        }

        date = separator == '.' ? dayFirst : Nearer(dayFirst, monthFirst);
        return true;
    }

    // Both are dates: the one shortly before the mail. When that does not tell, the day first outside of America, and it stays a guess.
    private LocalDate Nearer(LocalDate dayFirst, LocalDate monthFirst)
    {
        if (context.SentAt is { } sent)
        {
            var today = sent.InUtc().Date;
            var (a, b) = (Age(today, dayFirst), Age(today, monthFirst));
            if (a is >= -1 and <= 14 && b is < -1 or > 27)
                return dayFirst;
            if (b is >= -1 and <= 14 && a is < -1 or > 27)
                return monthFirst;
            isOrderGuessed = true;
            return a < -1 ? monthFirst : b < -1 ? dayFirst : a <= b ? dayFirst : monthFirst;
        }

        isOrderGuessed = true;
        return dayFirst;
    }

    private static int Age(LocalDate today, LocalDate date) => Period.DaysBetween(date, today);

    // "05 Mar 2024", "5. März 2024", "05/Mar/2024", "5th of March, 2024", "5-Mar-24", "5 de marzo de 2024"
    private bool TryReadDayMonthName(int day, out LocalDate date)
    {
        date = default;
        foreach (var suffix in (ReadOnlySpan<string>)["st", "nd", "rd", "th", "er"])
            if (rest.StartsWith(suffix, StringComparison.OrdinalIgnoreCase) && rest.Length > 2 && !char.IsLetter(rest[2]))
                rest = rest[2..];
        rest = rest.TrimStart(" ./-,");
        TakeWord("of");
        TakeWord("de");
        if (!TryReadMonth(out var month))
            return false;
        var slash = rest is ['/', ..];
        rest = rest.TrimStart(" ./-,");
        TakeWord("de");
        TakeWord("del");
        return TryReadYear(slash, out var year) ? TryMake(year, month, day, out date) : TryGuessYear(month, day, out date);
    }

    private bool TryReadNamedDate(out LocalDate date)
    {
        date = default;
        var word = Word();
        if (word.Length < 2)
            return false;
        if (DayNames.Contains(word) && !(MonthOf.TryGetValue(word, out _) && IsDayOfMonth(word.Length)))
        {
            rest = rest[word.Length..].TrimStart("., ");
            if (rest.IsEmpty)
                return false;
            if (char.IsAsciiDigit(rest[0]))
                return TryReadDigitDate(out date);
            word = Word();
        }

        if (!MonthOf.TryGetValue(word, out var month))
            return false;
        // "feb/14/2025 22:00:10" is what RouterOS writes.
        var slashed = rest[word.Length..] is ['/', _, _, '/', _, _, _, _, ' ', ..];
        rest = rest[word.Length..].TrimStart(slashed ? "/" : ". ");
        var digits = Digits();
        if (digits is not (1 or 2))
            return false;
        var day = Number(rest[..digits]);
        rest = rest[digits..];
        if (slashed)
            rest = rest[1..];
        foreach (var suffix in (ReadOnlySpan<string>)["st", "nd", "rd", "th"])
            if (rest.StartsWith(suffix, StringComparison.OrdinalIgnoreCase))
                rest = rest[2..];
        if (rest is [':', ..])
            return false;
        var before = rest;
        rest = rest.TrimStart(", ");
        if (TryReadYear(false, out var year))
            return TryMake(year, month, day, out date);
        rest = before;
        return TryGuessYear(month, day, out date);
    }

    private readonly bool IsDayOfMonth(int from)
    {
        var behind = rest[from..].TrimStart(". ");
        return behind is [>= '0' and <= '9', ..];
    }

    private bool TryReadYear(bool isApache, out int year)
    {
        year = 0;
        var digits = Digits();
        if (digits == 4 && (rest.Length == 4 || isApache || rest[4] != ':' || rest.Length > 5))
        {
            year = Number(rest[..4]);
            if (year is < 1990 or > 2100)
                return false;
            rest = rest[4..];
            return true;
        }

        if (digits != 2 || rest is [_, _, ':', ..])
            return false;
        year = 2000 + Number(rest[..2]);
        rest = rest[2..];
        return HasClockNext();
    }

    // A log without years was written in the year before the mail was sent.
    private bool TryGuessYear(int month, int day, out LocalDate date)
    {
        isYearGuessed = true;
        date = default;
        var today = (context.SentAt ?? Instant.FromUtc(2000, 1, 1, 0, 0)).InUtc().Date;
        if (!TryMake(today.Year, month, Math.Min(day, 28), out _))
            return false;
        if (!TryMake(today.Year, month, day, out date) || date > today.PlusDays(1))
            return TryMake(today.Year - 1, month, day, out date);
        return true;
    }

    private bool HasClockNext()
    {
        var i = 0;
        while (i < rest.Length && i < 8 && !char.IsAsciiDigit(rest[i]))
            i++;
        return rest is ['T', >= '0' and <= '9', _, _, _, _, >= '0' and <= '9', ..]
            || rest[i..] is [>= '0' and <= '9', ':', ..] or [>= '0' and <= '9', >= '0' and <= '9', ':', ..];
    }

    private bool TryReadClock(
        ref LocalDate date, out LocalTime clock, out bool hasZone, out (int Offset, TimeConfidence Confidence) zone)
    {
        clock = default;
        hasZone = false;
        zone = default;
        SkipToClock();
        var digits = Digits();
        if (digits == 6 && rest is not [_, _, _, _, _, _, ':', ..])
        {
            if (!TryClock(Number(rest[..2]), Number(rest[2..4]), Number(rest[4..6]), out clock))
                return false;
            rest = rest[6..];
            return true;
        }

        if (digits is not (1 or 2))
            return false;
        var hour = Number(rest[..digits]);
        rest = rest[digits..];
        if (rest is ['h' or 'H', ..])
            return TryReadFrenchClock(hour, out clock, ref hasZone, ref zone);
        if (rest is not ([':', >= '0' and <= '9', >= '0' and <= '9', ..] or ['.', >= '0' and <= '9', >= '0' and <= '9', ..]))
            return TryTwelveHours(ref hour) && TryClock(hour, 0, 0, out clock);
        var separator = rest[0];
        var minute = Number(rest[1..3]);
        rest = rest[3..];
        var second = 0;
        if (rest.Length > 2 && rest[0] == separator && char.IsAsciiDigit(rest[1]) && char.IsAsciiDigit(rest[2]))
        {
            second = Number(rest[1..3]);
            rest = rest[3..];
        }
        else if (separator == '.')
        {
            return false;
        }

        if (rest is ['.' or ',', >= '0' and <= '9', ..])
            rest = rest[(1 + Digits(1))..];
        TryTwelveHours(ref hour);
        if (!TryClock(hour, minute, second, out clock))
            return false;
        ReadYearBehind(ref date, ref hasZone, ref zone);
        return true;
    }

    // "Dec 31 22h/0", "10h30"
    private bool TryReadFrenchClock(int hour, out LocalTime clock, ref bool hasZone, ref (int, TimeConfidence) zone)
    {
        clock = default;
        rest = rest[1..];
        var minute = 0;
        if (rest is ['/', >= '0' and <= '9', ..])
        {
            // SpamCop's summaries: hour and offset from GMT.
            rest = rest[1..];
            var digits = Digits();
            var offset = Number(rest[..Math.Min(2, digits)]);
            rest = rest[digits..];
            hasZone = true;
            zone = (offset <= 14 ? offset * 3600 : 0, TimeConfidence.Guess);
        }
        else if (Digits() == 2)
        {
            minute = Number(rest[..2]);
            rest = rest[2..];
        }

        return TryClock(hour, minute, 0, out clock);
    }

    // ctime and JavaScript put the year, and the zone before it, behind the clock.
    private void ReadYearBehind(ref LocalDate date, ref bool hasZone, ref (int Offset, TimeConfidence Confidence) zone)
    {
        if (!isYearGuessed)
            return;
        var before = rest;
        rest = rest.TrimStart(' ');
        var zoned = false;
        if (!rest.IsEmpty && (char.IsAsciiLetterUpper(rest[0]) || rest[0] is '+' or '-') && TryReadZone(out var offset, out var confidence))
        {
            zoned = true;
            zone = (offset, confidence);
            rest = rest.TrimStart(' ');
        }

        if (Digits() == 4 && Number(rest[..4]) is >= 1990 and <= 2100 and var year && TryMake(year, date.Month, date.Day, out var dated)
            && rest is not [_, _, _, _, '-' or '/' or ':', ..])
        {
            date = dated;
            isYearGuessed = false;
            hasZone = zoned;
            rest = rest[4..];
            return;
        }

        rest = before;
    }

    private void SkipToClock()
    {
        rest = rest.TrimStart(" \t,;-_:(|[");
        if (rest is ['T' or 't', >= '0' and <= '9', ..])
        {
            rest = rest[1..];
            return;
        }

        foreach (var word in (ReadOnlySpan<string>)["at", "um", "à", "a las", "alle", "om", "kl.", "kl", "às", "ore", "um ca.", "klo", "time:", "в", "o godz."])
        {
            if (!rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) || rest.Length == word.Length || rest[word.Length] != ' ')
                continue;
            rest = rest[word.Length..].TrimStart(' ');
            return;
        }

        // "date=2024-03-05 time=09:00:00", as firewalls write.
        if (rest.StartsWith("time=", StringComparison.OrdinalIgnoreCase))
            rest = rest[5..].TrimStart('"');
    }

    private bool TryTwelveHours(ref int hour)
    {
        var behind = rest.TrimStart(' ');
        if (behind is not (['a' or 'A' or 'p' or 'P', 'm' or 'M', ..] or ['a' or 'A' or 'p' or 'P', '.', 'm' or 'M', ..]))
            return false;
        var isPm = behind[0] is 'p' or 'P';
        var length = behind[1] == '.' ? 3 : 2;
        if (behind.Length > length && char.IsLetter(behind[length]))
            return false;
        if (hour is >= 1 and <= 12)
            hour = (hour % 12) + (isPm ? 12 : 0);
        rest = behind[length..];
        if (rest is ['.', ..] && length == 3)
            rest = rest[1..];
        return true;
    }

    private (int Offset, TimeConfidence Confidence) ReadZoneBehind()
    {
        var before = rest;
        rest = rest.TrimStart(' ');
        if (rest is [',' or '(' or '[', ' ', ..] or ['(' or '[' or ',', >= 'A' and <= 'Z', ..])
            rest = rest[1..].TrimStart(' ');
        else if (rest.StartsWith("Uhr", StringComparison.Ordinal) || rest.StartsWith("hrs", StringComparison.OrdinalIgnoreCase))
            rest = rest[3..].TrimStart(" (");
        if (TryReadZone(out var offset, out var confidence))
            return (offset, confidence);
        rest = before;
        return context.OffsetSeconds is { } stated ? (stated, context.ZoneConfidence) : (0, TimeConfidence.NoZone);
    }

    /// <summary>A zone: "+0100", "UTC+2", "GMT+08:00", "(CEST)". A second one must agree with the first.</summary>
    public bool TryReadZone(out int offset, out TimeConfidence confidence)
    {
        offset = 0;
        confidence = TimeConfidence.Exact;
        if (rest.IsEmpty)
            return false;
        if (rest[0] is '+' or '-')
        {
            if (!TryReadOffset(out offset))
                return false;
        }
        else
        {
            var name = Word();
            if (name.Length is 0 or > 5 || !TryNamed(name, out offset, out confidence))
                return false;
            rest = rest[name.Length..];
            if ((name.Equals("UTC", StringComparison.OrdinalIgnoreCase) || name.Equals("GMT", StringComparison.OrdinalIgnoreCase))
                && (rest is ['+' or '-', >= '0' and <= '9', ..] or [' ', '+' or '-', >= '0' and <= '9', ..]))
            {
                var before = rest;
                rest = rest.TrimStart(' ');
                if (!TryReadOffset(out offset))
                    rest = before;
            }
        }

        ReadSecondZone(offset, ref confidence);
        return true;
    }

    private void ReadSecondZone(int offset, ref TimeConfidence confidence)
    {
        var behind = rest.TrimStart(' ');
        var isComment = behind is ['(', ..];
        if (isComment)
            behind = behind[1..];
        var length = 0;
        while (length < behind.Length && char.IsAsciiLetterUpper(behind[length]))
            length++;
        if (length is < 2 or > 5 || (length < behind.Length && char.IsLetterOrDigit(behind[length]))
            || !TryNamed(behind[..length], out var second, out _))
            return;
        if (second != offset)
            confidence = TimeConfidence.Guess;
        rest = behind[length..];
        if (isComment && rest is [')', ..])
            rest = rest[1..];
    }

    private static bool TryNamed(ReadOnlySpan<char> name, out int offset, out TimeConfidence confidence)
    {
        // Lower case is a word of the sentence.
        confidence = TimeWords.NamedZone(name, out offset);
        return confidence != TimeConfidence.NoZone && (char.IsAsciiLetterUpper(name[0]) || name is "utc" or "gmt");
    }

    private bool TryReadOffset(out int offset)
    {
        offset = 0;
        var sign = rest[0] == '-' ? -1 : 1;
        var digits = Digits(1);
        if (digits is not (1 or 2 or 4))
            return false;
        var hours = Number(rest[1..(digits == 1 ? 2 : 3)]);
        var minutes = digits == 4 ? Number(rest[3..5]) : 0;
        var length = 1 + digits;
        if (digits <= 2 && rest.Length > length + 2 && rest[length] == ':' && char.IsAsciiDigit(rest[length + 1]) && char.IsAsciiDigit(rest[length + 2]))
        {
            minutes = Number(rest[(length + 1)..(length + 3)]);
            length += 3;
        }

        // "10:00:00-11:30:00" is a span of time.
        if (hours > 14 || minutes > 59 || (rest.Length > length && rest[length] == ':'))
            return false;
        offset = sign * ((hours * 3600) + (minutes * 60));
        rest = rest[length..];
        return true;
    }

    private bool TryReadMonth(out int month)
    {
        var word = Word();
        if (word.Length < 3 || !MonthOf.TryGetValue(word, out month))
        {
            month = 0;
            return false;
        }

        rest = rest[word.Length..];
        return true;
    }

    private static bool TryMake(int year, int month, int day, out LocalDate date)
    {
        date = default;
        if (year is < 1970 or > 2200 || month is < 1 or > 12 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year, month))
            return false;
        date = new LocalDate(year, month, day);
        return true;
    }

    private static bool TryClock(int hour, int minute, int second, out LocalTime clock)
    {
        clock = default;
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        clock = new LocalTime(hour, minute, Math.Min(second, 59));
        return true;
    }

    private static int Number(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly int Digits(int from = 0)
    {
        var count = 0;
        while (from + count < rest.Length && count < 16 && char.IsAsciiDigit(rest[from + count]))
            count++;
        return count;
    }

    private readonly ReadOnlySpan<char> Word()
    {
        var length = 0;
        while (length < rest.Length && length < 20 && char.IsLetter(rest[length]))
            length++;
        return rest[..length];
    }

    private bool Advance(int count)
    {
        rest = rest[count..];
        return true;
    }

    private bool Take(char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
            return false;
        rest = rest[1..];
        return true;
    }

    private void TakeWord(string word)
    {
        if (rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) && rest.Length > word.Length && rest[word.Length] == ' ')
            rest = rest[(word.Length + 1)..].TrimStart(' ');
    }

    private static FrozenDictionary<string, int> Months()
    {
        string[] names =
        [
            "jan january januar januari janvier janv enero ene gennaio gen janeiro styczeń stycznia leden ledna января янв jänner",
            "feb february februar februari février févr fev febrero febbraio fevereiro luty lutego únor února февраля фев",
            "mar march märz mär mrz maart mrt mars marzo março marzec marca březen března марта мар",
            "apr april avril avr abril abr aprile kwiecień kwietnia duben dubna апреля апр",
            "may mai mei mayo maggio mag maio maj maja květen května мая май",
            "jun june juni juin junio giugno giu junho czerwiec czerwca červen června июня июн",
            "jul july juli juillet juil julio luglio lug julho lipiec lipca červenec července июля июл",
            "aug august augustus août aout agosto ago augusti sierpień sierpnia srpen srpna августа авг",
            "sep sept september septembre septiembre settembre set setembro wrzesień września září сентября сен",
            "oct october okt oktober octobre octubre ottobre ott outubro out październik października říjen října октября окт",
            "nov november novembre noviembre novembro listopad listopada ноября ноя",
            "dec december dez dezember décembre déc diciembre dic dicembre dezembro grudzień grudnia prosinec prosince декабря дек",
        ];
        var months = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Length; i++)
            foreach (var name in names[i].Split(' '))
                months.TryAdd(name, i + 1);
        return months.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
