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
            "timezone", "time zone", "uhrzeiten", "toutes les heures", "les heures sont", "les horaires", "los horarios", "las horas", "os horários",
            "horários em", "gli orari", "orari in", "tijden zijn", "tijden in", "alla tider", "alle tider", "wszystkie czasy", "všechny časy",
            "kaikki ajat", "все времена", "время указано", "všetky časy", "local time", "ortszeit", "heure locale", "hora local", "ora locale",
            "tz:", "tz=", "date/time (", "times (", "time-zone", "times are", "times in", "timestamps are", "timestamps in", "zeitzone", "alle zeiten",
            "zeitangaben", "zeitstempel", "fuseau", "huso horario", "zona horaria", "fuso hor", "fuso orario", "tijdzone", "(utc", "(gmt", "[utc",
            "_utc", "time utc", "gmt+", "gmt-", "gmt +", "gmt -", "utc+", "utc-", "utc +", "utc -", "all times", "time (", "are utc", "is utc", "in utc", "in gmt", "are gmt", "is gmt", "utc time", "all dates are", "часовой пояс", "czas ", "北京时间", "北京時間", "日本時間", "台灣時間", "台北時間", "한국시간", "московское время", "московскому времени",
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

            var mayBeClock = at == 0 || text[at - 1] is not (':' or '.' or '-' or '/');
            var cursor = new TimeCursor(text.AsSpan(at, Math.Min(TimeCharsMax, text.Length - at)), context, IsEpochPlace(text, at), mayBeClock);
            if (cursor.TryRead(out var time))
            {
                found.Add(new TimeMention(at, at + cursor.Consumed, time, cursor.Offset));
                at += cursor.Consumed;
                continue;
            }

            // Scripts without blanks put the digits of a time directly behind its word.
            do
                at++;
            while (at < text.Length && char.IsLetterOrDigit(text[at]) && !(text[at - 1] >= '\u2E80' && text[at] is < '\u2E80'));
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
            if (ZoneNear(text, place) is var (zone, confidence))
                return new TimeContext(sentAt, zone, confidence);
            rest = rest[(at + 3)..];
        }

        return new TimeContext(sentAt, null, TimeConfidence.None);
    }

    private static (DateTimeZone Zone, TimeConfidence Confidence)? ZoneNear(string text, int place)
    {
        // "10:00 (UTC)" and "10:00 AM UTC+2" have the zone of one time, "Date (UTC)" that of a column.
        var before = text.AsSpan(Math.Max(0, place - 40), Math.Min(place, 40)).TrimEnd(" \t([,");
        if ((text[place] is '(' or '[' || text.AsSpan(place).StartsWith("utc", StringComparison.OrdinalIgnoreCase)
                || text.AsSpan(place).StartsWith("gmt", StringComparison.OrdinalIgnoreCase))
            && (before.IsEmpty || !char.IsLetter(before[^1]) || IsHalfOfDay(before)))
            return null;
        // "German local time": the name of the zone begins before the phrase.
        place -= LastWord(text.AsSpan(0, place));
        var line = text.AsSpan(place, Math.Min(60, text.Length - place));
        var end = EndOfSentence(line);
        line = end < 0 ? line : line[..end];
        for (var i = 0; i < line.Length; i++)
        {
            if (i > 0 && char.IsLetterOrDigit(line[i - 1]))
                continue;
            if (ZoneNames.TryRead(line[i..], out var named, out _))
                return (named, TimeConfidence.Exact);
            if (char.IsAsciiLetterUpper(line[i]) || line[i] is '+' or '-' || (i == 0 && line[i] is '_')
                || line[i..].StartsWith("utc", StringComparison.Ordinal))
            {
                var zone = new TimeCursor(line[(line[i] == '_' ? i + 1 : i)..], default, mayBeEpoch: false, mayBeClock: false);
                if (zone.TryReadZone(out var offset, out var confidence))
                    return (DateTimeZone.ForOffset(Offset.FromSeconds(offset)), confidence);
            }
        }

        return null;
    }

    // A line that goes on in small letters is wrapped.
    private static int EndOfSentence(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
            if (text[at] == '.' || (text[at] == '\n' && !(at + 1 < text.Length && char.IsLower(text[at + 1]))))
                return at;
        return -1;
    }

    // How long the last word is, with the blank behind it; 0 when the phrase begins a sentence or a line.
    private static int LastWord(ReadOnlySpan<char> before)
    {
        var word = before.TrimEnd(' ');
        var length = 0;
        while (length < word.Length && char.IsLetter(word[^(length + 1)]))
            length++;
        return length == 0 ? 0 : length + before.Length - word.Length;
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
internal ref struct TimeCursor(ReadOnlySpan<char> text, TimeContext context, bool mayBeEpoch, bool mayBeClock)
{
    private const int FieldLabelChars = 40;

    private static readonly SearchValues<char> ClockMarks = SearchValues.Create(":.h時时點点시");

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> MonthOf = TimeVocabulary.Months;

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

    /// <summary>How far the zone of what was read is ahead of UTC.</summary>
    public Offset Offset { get; private set; }

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

        if ((mayBeClock && TryReadClockFirst(out time)) || TryReadRelative(out time))
            return true;

        rest = all;
        (isYearGuessed, isOrderGuessed) = (false, false);
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

        var (offset, confidence) = hasZoneAlready ? zone : ReadZoneBehind(date + clock);
        var utc = ToInstant(date + clock, offset);
        if (isOrderGuessed || (isYearGuessed && confidence == TimeConfidence.Exact && context.SentAt is null))
            confidence = TimeConfidence.Guess;
        time = new ReportedTime(Raw(), utc, confidence);
        return true;
    }

    // "10:05 Uhr am 5. März 2024", "14:05:10 on 16/05/2024", "10:00 to 11:00 (UTC) on 5 March 2024"
    private bool TryReadClockFirst(out ReportedTime time)
    {
        time = ReportedTime.Missing;
        var digits = Digits();
        if (digits is not (1 or 2) || rest.Length < digits + 10 || rest[digits] is not (':' or 'h') || !char.IsAsciiDigit(rest[digits + 1]))
            return false;
        var date = default(LocalDate);
        if (!TryReadClock(ref date, out var clock, out _, out _))
            return false;
        var behindClock = rest;
        if (!TryReadDateBehind(out date))
        {
            // The zone may stand on either side of the date, and a zone by its place depends on the date.
            rest = behindClock;
            ReadZoneBehind(new LocalDate(2000, 1, 1) + clock);
            if (!TryReadDateBehind(out date))
                return false;
        }

        var end = rest;
        rest = behindClock;
        var (offset, confidence) = ReadZoneBehind(date + clock);
        rest = end;
        if (confidence is TimeConfidence.NoZone)
            (offset, confidence) = ReadZoneBehind(date + clock);
        if (isOrderGuessed)
            confidence = TimeConfidence.Guess;
        time = new ReportedTime(Raw(), ToInstant(date + clock, offset), confidence);
        return true;
    }

    private Instant ToInstant(LocalDateTime local, int offset)
    {
        Offset = Offset.FromSeconds(offset);
        return local.WithOffset(Offset).ToInstant();
    }

    // Its year must be stated, and no other clock time may follow it: then it would be the date of that one.
    private bool TryReadDateBehind(out LocalDate date)
    {
        date = default;
        (isYearGuessed, isOrderGuessed) = (false, false);
        if (TimeVocabulary.Unit(rest.TrimStart(' ')) is > 0 and var unit)
            rest = rest.TrimStart(' ')[unit..];
        // "03:10 UTC today": by the day of the mail, so that it may be another near midnight.
        if (context.SentAt is { } sent && TimeVocabulary.Day(rest.TrimStart(" \t("), out var distance) is > 0 and var day)
        {
            rest = rest.TrimStart(" \t(")[day..];
            date = sent.InZone(context.Zone ?? DateTimeZone.Utc).Date.PlusDays(distance);
            isOrderGuessed = true;
            return true;
        }

        for (var i = 0; i < 4; i++)
        {
            rest = rest.TrimStart(" \t");
            if (TimeVocabulary.BeforeDate(rest) is > 0 and var length)
                rest = rest[length..];
        }

        return !rest.IsEmpty && (char.IsAsciiDigit(rest[0]) ? TryReadDigitDate(out date) : char.IsLetter(rest[0]) && TryReadNamedDate(out date))
            && !isYearGuessed && !IsClock(rest.TrimStart(" \t,T-"));
    }

    private static bool IsClock(ReadOnlySpan<char> span) =>
        span is [>= '0' and <= '9', ':', >= '0' and <= '9', ..] or [>= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', ..];

    // "yesterday at 14:05": by the day of the mail, so that it may be another near midnight.
    private bool TryReadRelative(out ReportedTime time)
    {
        time = ReportedTime.Missing;
        rest = all;
        if (context.SentAt is not { } sent || char.IsAsciiDigit(rest[0]) || TimeVocabulary.Day(rest, out var distance) is not (> 0 and var length))
            return false;
        rest = rest[length..];
        var date = sent.InZone(context.Zone ?? DateTimeZone.Utc).Date.PlusDays(distance);
        if (!TryReadClock(ref date, out var clock, out _, out _) || !all[..Consumed].ContainsAny(ClockMarks))
            return false;
        var (offset, confidence) = ReadZoneBehind(date + clock);
        time = new ReportedTime(
            Raw(), ToInstant(date + clock, offset), confidence == TimeConfidence.NoZone ? confidence : TimeConfidence.Guess);
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
        if (digits == 4 && rest.Length > 7 && rest[4] is '-' or '/' or '.' or '年' or '년' or ' ')
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

        // "5. 3. 2024" is how Czechs and Slovaks write it.
        if ((rest[0] is '/' or '-' or '.' && char.IsAsciiDigit(rest[1])) || rest is ['.', ' ', >= '0' and <= '9', ..])
            return TryReadThreeNumbers(first, out date);
        return TryReadDayMonthName(first, out date);
    }

    private bool TryReadYearFirst(out LocalDate date)
    {
        date = default;
        var separator = rest[4];
        var isSpaced = separator is not ('-' or '/');
        var year = Number(rest[..4]);
        rest = rest[5..];
        if (isSpaced)
            rest = rest.TrimStart(' ');
        var digits = Digits();
        if (digits is not (1 or 2))
        {
            // 2024-Mar-05, "2024. március 5-én", "2024 March 5"
            if (!TryReadMonth(out var named) || !(Take(separator) || Take('.') || Take(' ')))
                return false;
            rest = rest.TrimStart(' ');
            if (Digits() is not (1 or 2))
                return false;
            var dayOf = Number(rest[..Digits()]);
            rest = rest[Digits()..];
            if (isSpaced && rest is ['-', _, ..] && char.IsLetter(rest[1]))
                rest = rest[(1 + LettersAt(1))..];
            return TryMake(year, named, dayOf, out date);
        }

        if (separator == ' ')
            return false;
        var month = Number(rest[..digits]);
        rest = rest[digits..];
        if (!(Take(separator) || (separator is '年' or '년' && (Take('月') || Take('월')))))
            return false;
        if (isSpaced)
            rest = rest.TrimStart(' ');
        digits = Digits();
        if (digits is not (1 or 2))
            return false;
        var day = Number(rest[..digits]);
        rest = rest[digits..];
        if (separator is '年' or '년')
            _ = Take('日') || Take('일');
        // "2024. 03. 05. 09:10"
        if (separator == '.' && rest is ['.', ' ', ..])
            rest = rest[1..];
        return !(rest is ['.', >= '0' and <= '9', ..] && separator == '.') && TryMake(year, month, day, out date);
    }

    // 05.03.2024, 05/03/2024, 5-3-24
    private bool TryReadThreeNumbers(int first, out LocalDate date)
    {
        date = default;
        var separator = rest[0];
        rest = rest[1..];
        var isSpaced = rest[0] == ' ';
        if (isSpaced)
            rest = rest[1..];
        var digits = Digits();
        if (digits is not (1 or 2))
            return false;
        var second = Number(rest[..digits]);
        rest = rest[digits..];
        if (!Take(separator) || (isSpaced && !Take(' ')))
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
        SkipToClock(out var saysHour, out var isPm);
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
        if (isPm is { } half && hour is >= 1 and <= 12)
            hour = (hour % 12) + (half ? 12 : 0);
        if (rest is ['時' or '时' or '點' or '点' or '시', ..])
            return TryReadEasternClock(hour, out clock);
        if (rest is ['h' or 'H', ..] or [' ', 'h' or 'H', ' ', >= '0' and <= '9', ..])
        {
            rest = rest.TrimStart(' ');
            return TryReadFrenchClock(hour, out clock, ref hasZone, ref zone);
        }

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
        else if (separator == '.' && !saysHour && TimeVocabulary.Unit(rest.TrimStart(' ')) == 0)
        {
            return false;
        }

        if (separator == '.' && rest is ['.', >= '0' and <= '9', ..])
            return false;

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
            // "15h42m10s", "15h42:10"
            if (rest is ['m' or ':', >= '0' and <= '9', >= '0' and <= '9', ..])
            {
                var second = Number(rest[1..3]);
                rest = rest[3..];
                Take('s');
                return TryClock(hour, minute, second, out clock);
            }
        }
        else if (rest is [' ', >= '0' and <= '9', >= '0' and <= '9', ..])
        {
            minute = Number(rest[1..3]);
            rest = rest[3..];
        }

        return TryClock(hour, minute, 0, out clock);
    }

    // "9時12分45秒", "16点20分", "8시 41분 22초"
    private bool TryReadEasternClock(int hour, out LocalTime clock)
    {
        rest = rest[1..];
        Span<int> parts = [0, 0];
        for (var i = 0; i < 2; i++)
        {
            var behind = rest.TrimStart(' ');
            var digits = 0;
            while (digits < behind.Length && digits < 3 && char.IsAsciiDigit(behind[digits]))
                digits++;
            if (digits is not (1 or 2) || behind.Length <= digits || !(i == 0 ? behind[digits] is '分' or '분' : behind[digits] is '秒' or '초'))
                break;
            parts[i] = Number(behind[..digits]);
            rest = behind[(digits + 1)..];
        }

        return TryClock(hour, parts[0], parts[1], out clock);
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

    private void SkipToClock(out bool saysHour, out bool? isPm)
    {
        (saysHour, isPm) = (false, null);
        for (var i = 0; i < 6; i++)
        {
            rest = rest.TrimStart(" \t,;-\u2013_:(|[");
            if (rest is ['T' or 't', >= '0' and <= '9', ..])
            {
                rest = rest[1..];
                return;
            }

            if (rest.IsEmpty || char.IsAsciiDigit(rest[0]))
                return;
            if (rest is ['\n', ..] && ClockField(rest[1..]) is > 0 and var field)
            {
                rest = rest[(1 + field)..];
                saysHour = true;
                return;
            }

            if (TimeVocabulary.Half(rest, out var half) is > 0 and var halfLength)
            {
                isPm = half;
                rest = rest[halfLength..];
                continue;
            }

            // "date=2024-03-05 time=09:00:00", as firewalls write.
            if (rest.StartsWith("time=", StringComparison.OrdinalIgnoreCase))
            {
                rest = rest[5..].TrimStart('"');
                return;
            }

            var length = TimeVocabulary.BeforeClock(rest, out var hour);
            if (length == 0)
                length = TimeVocabulary.InRange(rest);
            if (length == 0)
                return;
            saysHour |= hour;
            rest = rest[length..];
        }
    }

    // "Date: 5 March 2024", and in the next line "Time (UTC): 10:05": how long the label of the clock is.
    private static int ClockField(ReadOnlySpan<char> line)
    {
        var colon = line[..Math.Min(line.Length, FieldLabelChars)].IndexOf(':');
        if (colon < 0 || line[..colon].Contains('\n'))
            return 0;
        var clock = line[(colon + 1)..].TrimStart(" \t|");
        return clock is [>= '0' and <= '9', ..] && TimeVocabulary.BeforeClock(line[..colon].TrimStart(" \t|"), out _) > 0 ? line.Length - clock.Length : 0;
    }

    private bool TryTwelveHours(ref int hour)
    {
        var behind = rest.TrimStart(' ');
        if (behind is not (['a' or 'A' or 'p' or 'P', 'm' or 'M', ..] or ['a' or 'A' or 'p' or 'P', '.', 'm' or 'M', ..]))
            return TryHalfBehind(behind, ref hour);
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

    // "9:12 p. m.", "9:12 μ.μ.": only what cannot be a word of the sentence.
    private bool TryHalfBehind(ReadOnlySpan<char> behind, ref int hour)
    {
        if (TimeVocabulary.Half(behind, out var isPm) is not (> 0 and var length) || !behind[..length].Contains('.'))
            return false;
        if (hour is >= 1 and <= 12)
            hour = (hour % 12) + (isPm ? 12 : 0);
        rest = behind[length..];
        return true;
    }

    private (int Offset, TimeConfidence Confidence) ReadZoneBehind(LocalDateTime local)
    {
        var before = rest;
        SkipEndOfRange();
        rest = rest.TrimStart(" \t");
        if (TimeVocabulary.Unit(rest) is > 0 and var unit)
            rest = rest[unit..].TrimStart(" \t");
        if (TryReadZoneIn(local, out var offset, out var confidence))
            return (offset, confidence);
        rest = before;
        return context.Zone is { } stated ? (stated.AtLeniently(local).Offset.Seconds, context.ZoneConfidence) : (0, TimeConfidence.NoZone);
    }

    // "13:10:05 and 13:25:40 (GMT-3)": the zone behind the last holds for the first.
    private void SkipEndOfRange()
    {
        // "10:00:00-07:00" and "10:00:00 -07:00" have a zone.
        var behind = rest.TrimStart(' ');
        if (behind is ['-' or '+', >= '0' and <= '9', ..])
            return;
        if (TimeVocabulary.InRange(behind) is not (> 0 and var length))
            return;
        behind = behind[length..].TrimStart(' ');
        if (!IsClock(behind))
            return;
        var end = 0;
        while (end < behind.Length && (char.IsAsciiDigit(behind[end]) || behind[end] == ':'))
            end++;
        rest = behind[end..];
        var ignored = 0;
        TryTwelveHours(ref ignored);
    }

    // Directly behind, behind a word or two such as "local time", or anywhere in brackets.
    private bool TryReadZoneIn(LocalDateTime local, out int offset, out TimeConfidence confidence)
    {
        for (var i = 0; i < 4; i++)
        {
            if (TryReadZoneAt(local, out offset, out confidence))
                return true;
            if (rest is ['(' or '[' or '（', ..])
                return TryReadZoneInBrackets(local, out offset, out confidence);
            if (rest is [',' or ':' or '=' or '，', ..] && i < 3)
                rest = rest[1..].TrimStart(' ');
            else if (TimeVocabulary.BeforeZone(rest) is > 0 and var length)
                rest = rest[length..].TrimStart(' ');
            else
                break;
        }

        (offset, confidence) = (0, TimeConfidence.NoZone);
        return false;
    }

    private bool TryReadZoneInBrackets(LocalDateTime local, out int offset, out TimeConfidence confidence)
    {
        var inside = rest[1..];
        var end = inside.IndexOfAny(")]）\n");
        var length = Math.Min(60, end < 0 ? inside.Length : end);
        // A distance from UTC is exact, so that it goes before a name.
        foreach (var wantsNumber in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < length; i++)
            {
                if ((i > 0 && char.IsLetterOrDigit(inside[i - 1])) || (wantsNumber && !StartsWithUtc(inside[i..])))
                    continue;
                rest = inside[i..];
                if (!TryReadZoneAt(local, out offset, out confidence))
                    continue;
                if (rest is [')' or ']' or '）', ..])
                    rest = rest[1..];
                return true;
            }
        }

        (offset, confidence) = (0, TimeConfidence.NoZone);
        return false;
    }

    private static bool StartsWithUtc(ReadOnlySpan<char> span) =>
        (span.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || span.StartsWith("GMT", StringComparison.OrdinalIgnoreCase))
        && span[3..].TrimStart(' ') is ['+' or '-', >= '0' and <= '9', ..];

    private bool TryReadZoneAt(LocalDateTime local, out int offset, out TimeConfidence confidence)
    {
        if (!ZoneNames.TryRead(rest, out var zone, out var length))
            return TryReadZone(out offset, out confidence);
        rest = rest[length..];
        (offset, confidence) = (zone.AtLeniently(local).Offset.Seconds, TimeConfidence.Exact);
        return true;
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

    private readonly int LettersAt(int from)
    {
        var length = 0;
        while (from + length < rest.Length && char.IsLetter(rest[from + length]))
            length++;
        return length;
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
}
