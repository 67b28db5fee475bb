using System.Globalization;
using NodaTime;

namespace Mailreeve.Protocols.Reports;

/// <summary>A time as a reporter wrote it, and what we make of it.</summary>
/// <param name="Raw">The text as written; empty when the report gives none.</param>
/// <param name="Utc">Best reading; <see langword="null"/> when there is none.</param>
/// <param name="Confidence">How far the reading may be trusted.</param>
public sealed record ReportedTime(string Raw, Instant? Utc, TimeConfidence Confidence)
{
    /// <summary>The report gives no time.</summary>
    public static ReportedTime Missing { get; } = new("", null, TimeConfidence.None);

    /// <summary>
    /// Reads the date forms that occur in reports: RFC 5322 §3.3 with its obsolete zones, ISO 8601 and its variants. Never throws.
    /// </summary>
    public static ReportedTime Read(string? text)
    {
        var raw = (text ?? "").Trim();
        if (raw.Length == 0)
            return Missing;
        var words = new TimeWords(raw.AsSpan().Trim("'\""));
        return words.TryRead(out var local, out var confidence, out var offset)
            ? new ReportedTime(raw, local.WithOffset(Offset.FromSeconds(offset)).ToInstant(), confidence)
            : new ReportedTime(raw, null, TimeConfidence.None);
    }
}

/// <summary>How far a <see cref="ReportedTime"/> may be trusted.</summary>
public enum TimeConfidence
{
    /// <summary>No time, or one that could not be read.</summary>
    None,

    /// <summary>A reading, but the text contradicts itself or uses an ambiguous zone.</summary>
    Guess,

    /// <summary>Only a date: the reading is the start of that day in UTC.</summary>
    Day,

    /// <summary>No zone given: the reading assumes UTC and may be off by up to 14 hours.</summary>
    NoZone,

    /// <summary>Date, time and zone as the standards have them.</summary>
    Exact,
}

/// <summary>One pass over a date text, without allocation.</summary>
internal ref struct TimeWords(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> rest = text.Length > 100 ? [] : text;

    public bool TryRead(out LocalDateTime local, out TimeConfidence confidence, out int offset)
    {
        confidence = TimeConfidence.None;
        offset = 0;
        local = default;
        if (!TryReadDate(out var date))
            return false;

        rest = rest.TrimStart(" \tT,:");
        if (rest.IsEmpty)
        {
            local = date.AtMidnight();
            confidence = TimeConfidence.Day;
            return true;
        }

        if (!TryReadClock(out var time))
            return false;
        local = date + time;
        confidence = ReadZone(out offset);
        return true;
    }

    private bool TryReadDate(out LocalDate date)
    {
        date = default;
        if (rest.Length >= 10 && rest[4] is '-' or '/' && rest[4] == rest[7])
            return TryReadNumber(4, out var y) && Skip() && TryReadNumber(2, out var m) && Skip() && TryReadNumber(2, out var d)
                && TryMake(y, m, d, out date);

        // [ day-name "," ] day month year. Names of days are not compared: generators get them wrong more often than the date.
        if (!rest.IsEmpty && char.IsAsciiLetter(rest[0]))
        {
            var comma = rest.IndexOfAny(", ");
            if (comma is < 0 or > 10)
                return false;
            rest = rest[(comma + 1)..].TrimStart(" ,");
        }

        if (!TryReadNumber(2, out var day) || !SkipBetween() || !TryReadMonth(out var month) || !SkipBetween())
            return false;
        var digits = Digits();
        return digits is 2 or 4 && TryReadNumber(4, out var year)
            && TryMake(digits == 2 ? (year < 50 ? 2000 + year : 1900 + year) : year, month, day, out date);
    }

    private static bool TryMake(int year, int month, int day, out LocalDate date)
    {
        date = default;
        if (year is < 1970 or > 2200 || month is < 1 or > 12 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year, month))
            return false;
        date = new LocalDate(year, month, day);
        return true;
    }

    private bool TryReadClock(out LocalTime time)
    {
        time = default;
        var second = 0;
        if (!TryReadNumber(2, out var hour) || !Take(':') || Digits() < 2 || !TryReadNumber(2, out var minute))
            return false;
        if (Take(':') && (Digits() < 2 || !TryReadNumber(2, out second)))
            return false;
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        time = new LocalTime(hour, minute, Math.Min(second, 59));
        if (!rest.IsEmpty && rest[0] is '.' or ',' && Digits(1) is var digits and > 0)
        {
            var milliseconds = int.Parse(rest.Slice(1, Math.Min(digits, 3)), NumberStyles.None, CultureInfo.InvariantCulture);
            for (var i = digits; i < 3; i++)
                milliseconds *= 10;
            time = time.PlusMilliseconds(milliseconds);
            rest = rest[(digits + 1)..];
        }

        return true;
    }

    // A second zone, in a comment or after the offset, must agree with the first: "-0000 (EST)" and "+01:00 UTC" do not.
    private TimeConfidence ReadZone(out int offset)
    {
        offset = 0;
        rest = rest.TrimStart();
        if (rest.IsEmpty)
            return TimeConfidence.NoZone;

        TimeConfidence confidence;
        if (rest[0] is '+' or '-')
        {
            if (!TryReadOffset(out offset))
                return TimeConfidence.Guess;
            confidence = TimeConfidence.Exact;
        }
        else
        {
            confidence = NamedZone(ReadName(), out offset);
            // "UTC+2", "GMT-0500 (EST)"
            if (confidence == TimeConfidence.Exact && offset == 0 && !rest.IsEmpty && rest[0] is '+' or '-' && !TryReadOffset(out offset))
                return TimeConfidence.Guess;
        }

        rest = rest.TrimStart(" \t(");
        if (rest.IsEmpty || confidence != TimeConfidence.Exact)
            return confidence;
        var second = NamedZone(ReadName(), out var other);
        return second == TimeConfidence.NoZone || other == offset ? confidence : TimeConfidence.Guess;
    }

    private bool TryReadOffset(out int offset)
    {
        offset = 0;
        var sign = rest[0] == '-' ? -1 : 1;
        rest = rest[1..];
        var digits = Digits();
        if (digits is not (1 or 2 or 4) || !TryReadNumber(2, out var hours))
            return false;
        Take(':');
        var minutes = 0;
        if (Digits() >= 2 && !TryReadNumber(2, out minutes))
            return false;
        if (hours > 14 || minutes > 59)
            return false;
        offset = sign * ((hours * 3600) + (minutes * 60));
        return true;
    }

    // RFC 5322 §4.3 defines the first group; the rest are used but either ambiguous or not standardised, so a guess.
    /// <summary>Offset of a zone by its name in any case; <see cref="TimeConfidence.NoZone"/> when it is none.</summary>
    internal static TimeConfidence NamedZone(ReadOnlySpan<char> name, out int offset)
    {
        Span<char> upper = stackalloc char[8];
        offset = 0;
        if (name.Length is 0 or > 8)
            return TimeConfidence.NoZone;
        name.ToUpperInvariant(upper);
        (var hours, var confidence) = upper[..name.Length] switch
        {
            "Z" or "UT" or "UTC" or "GMT" => (0, TimeConfidence.Exact),
            "EDT" => (-4, TimeConfidence.Exact),
            "EST" or "CDT" => (-5, TimeConfidence.Exact),
            "CST" or "MDT" => (-6, TimeConfidence.Exact),
            "MST" or "PDT" => (-7, TimeConfidence.Exact),
            "PST" => (-8, TimeConfidence.Exact),
            "WET" => (0, TimeConfidence.Guess),
            "CET" or "MEZ" or "BST" or "WEST" => (1, TimeConfidence.Guess),
            "CEST" or "MESZ" or "EET" or "SAST" => (2, TimeConfidence.Guess),
            "EEST" or "MSK" or "IDT" or "TRT" => (3, TimeConfidence.Guess),
            "GST" => (4, TimeConfidence.Guess),
            "PKT" => (5, TimeConfidence.Guess),
            "IST" => (5.5, TimeConfidence.Guess),
            "WIB" or "ICT" => (7, TimeConfidence.Guess),
            "SGT" or "HKT" or "AWST" or "MYT" or "PHT" => (8, TimeConfidence.Guess),
            "JST" or "KST" => (9, TimeConfidence.Guess),
            "AEST" => (10, TimeConfidence.Guess),
            "AEDT" => (11, TimeConfidence.Guess),
            "NZST" => (12, TimeConfidence.Guess),
            "NZDT" => (13, TimeConfidence.Guess),
            "BRST" => (-2, TimeConfidence.Guess),
            "BRT" or "ART" or "CLST" => (-3, TimeConfidence.Guess),
            "CLT" or "VET" or "AST" => (-4, TimeConfidence.Guess),
            "COT" or "PET" => (-5, TimeConfidence.Guess),
            "AKDT" => (-8, TimeConfidence.Guess),
            "AKST" => (-9, TimeConfidence.Guess),
            "HST" => (-10, TimeConfidence.Guess),
            _ => (0.0, TimeConfidence.NoZone),
        };
        offset = (int)(hours * 3600);
        return confidence;
    }

    private ReadOnlySpan<char> ReadName()
    {
        var length = 0;
        while (length < rest.Length && char.IsAsciiLetter(rest[length]))
            length++;
        var name = rest[..length];
        rest = rest[length..];
        return name;
    }

    private bool TryReadMonth(out int month)
    {
        const string Names = "janfebmaraprmayjunjulaugsepoctnovdec";
        var name = ReadName();
        month = 0;
        if (name.Length < 3)
            return false;
        Span<char> lower = stackalloc char[3];
        name[..3].ToLowerInvariant(lower);
        var at = Names.AsSpan().IndexOf(lower);
        month = (at / 3) + 1;
        return at >= 0 && at % 3 == 0;
    }

    private readonly int Digits(int from = 0)
    {
        var count = 0;
        while (from + count < rest.Length && char.IsAsciiDigit(rest[from + count]))
            count++;
        return count;
    }

    private bool TryReadNumber(int digitsMax, out int value)
    {
        var digits = Math.Min(Digits(), digitsMax);
        value = 0;
        for (var i = 0; i < digits; i++)
            value = (value * 10) + (rest[i] - '0');
        rest = rest[digits..];
        return digits > 0;
    }

    private bool Skip()
    {
        rest = rest[1..];
        return true;
    }

    private bool SkipBetween()
    {
        var before = rest.Length;
        rest = rest.TrimStart(" \t-/.,");
        return rest.Length < before;
    }

    private bool Take(char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
            return false;
        rest = rest[1..];
        return true;
    }
}
