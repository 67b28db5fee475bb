using NodaTime;

namespace Mailreeve.Protocols.Imap;

/// <summary>Reads dates.</summary>
internal static class DateSyntax
{
    // date = date-text / DQUOTE date-text DQUOTE
    public static bool TryReadDate(ref ImapReader reader, out LocalDate date)
    {
        var quoted = reader.TryTake((byte)'"');
        return TryReadDateText(ref reader, out date) && (!quoted || reader.TryTake((byte)'"') || reader.Fail("Bad date"));
    }

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
    // date-day-fixed = (SP DIGIT) / 2DIGIT; one digit without the blank is borne.
    public static bool TryReadDateTime(ref ImapReader reader, out Instant instant)
    {
        instant = default;
        if (!reader.TryTake((byte)'"'))
            return reader.Fail("Date expected");
        reader.TryTake((byte)' ');
        if (!TryReadDateText(ref reader, out var date) || !reader.TryTake((byte)' '))
            return reader.Fail("Bad date");
        if (!TryReadTime(ref reader, out var time) || !reader.TryTake((byte)' ') || !TryReadZone(ref reader, out var offset))
            return reader.Fail("Bad time");
        if (!reader.TryTake((byte)'"'))
            return reader.Fail("Bad date");
        instant = date.At(time).WithOffset(offset).ToInstant();
        return true;
    }

    // date-text = date-day "-" date-month "-" date-year
    private static bool TryReadDateText(ref ImapReader reader, out LocalDate date)
    {
        date = default;
        if (!TryReadDigits(ref reader, 1, 2, out var day) || !reader.TryTake((byte)'-') || !TryReadMonth(ref reader, out var month)
            || !TryReadDigits(ref reader, 4, 4, out var year))
            return reader.Fail("Bad date");
        // A year of 1 to 9998 can be moved by any zone and stays in the range of Instant.
        if (year is < 1 or > 9998 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year, month))
            return reader.Fail("Date that is in no calendar");
        date = new LocalDate(year, month, day);
        return true;
    }

    // Read with the dash behind it.
    private static bool TryReadMonth(ref ImapReader reader, out int month)
    {
        month = 0;
        for (var i = 0; i < 12 && month == 0; i++)
        {
            if (reader.TryPrefix(Months.Slice(i * 4, 4)))
                month = i + 1;
        }

        return month > 0;
    }

    private static ReadOnlySpan<byte> Months => "Jan-Feb-Mar-Apr-May-Jun-Jul-Aug-Sep-Oct-Nov-Dec-"u8;

    // time = 2DIGIT ":" 2DIGIT ":" 2DIGIT; a leap second counts as the one before it.
    private static bool TryReadTime(ref ImapReader reader, out LocalTime time)
    {
        time = default;
        if (!TryReadDigits(ref reader, 2, 2, out var hour) || !reader.TryTake((byte)':') || !TryReadDigits(ref reader, 2, 2, out var minute)
            || !reader.TryTake((byte)':') || !TryReadDigits(ref reader, 2, 2, out var second))
            return false;
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        time = new LocalTime(hour, minute, Math.Min(second, 59));
        return true;
    }

    // zone = ("+" / "-") 4DIGIT
    private static bool TryReadZone(ref ImapReader reader, out Offset offset)
    {
        offset = Offset.Zero;
        var minus = reader.TryTake((byte)'-');
        if (!minus && !reader.TryTake((byte)'+'))
            return false;
        if (!TryReadDigits(ref reader, 2, 2, out var hours) || !TryReadDigits(ref reader, 2, 2, out var minutes) || hours > 17 || minutes > 59)
            return false;
        offset = Offset.FromSeconds((minus ? -1 : 1) * ((hours * 3600) + (minutes * 60)));
        return true;
    }

    private static bool TryReadDigits(ref ImapReader reader, int min, int max, out int number)
    {
        number = 0;
        var digits = 0;
        for (; digits < max && reader.TryDigit(out var digit); digits++)
            number = (number * 10) + digit;
        return digits >= min;
    }
}
