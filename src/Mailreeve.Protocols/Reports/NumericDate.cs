using System.Buffers;
using System.Globalization;
using NodaTime;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Dates of numbers alone with the year last: which of the two numbers before it is the month, one date often does not tell, and the
/// other rows of its table do.
/// </summary>
internal static class NumericDate
{
    private static readonly SearchValues<char> SerialChars = SearchValues.Create("0123456789.,");
    private static readonly LocalDate SerialOrigin = new(1899, 12, 30);

    /// <summary>Whether the month stands before the day in these texts; null when none of them tells.</summary>
    /// <param name="texts">Cells of the columns that hold times.</param>
    public static bool? IsMonthFirst(IEnumerable<string> texts)
    {
        var hasTwelveHours = false;
        foreach (var text in texts)
        {
            if (!TryRead(text, out var one, out var two, out _, out var rest))
                continue;
            if (one > 12)
                return false;
            if (two > 12)
                return true;
            // With a clock of twelve hours goes the month first, unless a dot says otherwise.
            hasTwelveHours |= text.Contains('/', StringComparison.Ordinal) && (rest.EndsWith("M", StringComparison.OrdinalIgnoreCase) || rest.EndsWith("M.", StringComparison.OrdinalIgnoreCase));
        }

        return hasTwelveHours ? true : null;
    }

    /// <summary>The text with its date as ISO 8601 has it; null when it does not begin with a date of this kind.</summary>
    public static string? Ordered(string text, bool isMonthFirst)
    {
        if (!TryRead(text, out var one, out var two, out var year, out var rest))
            return null;
        var (month, day) = isMonthFirst ? (one, two) : (two, one);
        return month is < 1 or > 12 || day is < 1 or > 31
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}{rest}");
    }

    /// <summary>
    /// A date as spreadsheets count it, days since the end of 1899 with the time as their fraction; null when it is none of this
    /// century. Counted in the zone of whoever filled the sheet.
    /// </summary>
    public static LocalDateTime? Serial(string text)
    {
        const int First = 36_526;
        const int Last = 73_050;
        if (text.Length is < 5 or > 24 || text.AsSpan().ContainsAnyExcept(SerialChars)
            || !double.TryParse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) || days is < First or > Last)
            return null;
        return SerialOrigin.AtMidnight().PlusSeconds((long)Math.Round(days * 86_400));
    }

    private static bool TryRead(ReadOnlySpan<char> text, out int one, out int two, out int year, out ReadOnlySpan<char> rest)
    {
        (one, two, year) = (0, 0, 0);
        rest = text.TrimStart();
        if (!TryNumber(ref rest, 2, out one) || rest.IsEmpty || rest[0] is not ('.' or '/' or '-'))
            return false;
        var separator = rest[0];
        rest = rest[1..];
        if (!TryNumber(ref rest, 2, out two) || rest.IsEmpty || rest[0] != separator)
            return false;
        rest = rest[1..];
        return TryNumber(ref rest, 4, out year) && year is > 1970 and < 2200 && (rest.IsEmpty || !char.IsAsciiDigit(rest[0]));
    }

    private static bool TryNumber(ref ReadOnlySpan<char> rest, int digitsMax, out int value)
    {
        value = 0;
        var digits = 0;
        for (; digits < digitsMax && digits < rest.Length && char.IsAsciiDigit(rest[digits]); digits++)
            value = (value * 10) + (rest[digits] - '0');
        rest = rest[digits..];
        return digits > 0;
    }
}
