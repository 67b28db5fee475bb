using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>A segment: one append-only file of the journal. Segments are ordered as they were begun.</summary>
/// <param name="Value">Days from 1970-01-01 to the UTC day it was begun, times 10,000, plus its number within that day (1 to 9,999).</param>
public readonly record struct SegmentId(long Value) : IComparable<SegmentId>
{
    internal const int PerDay = 10_000;
    internal const string Extension = ".segment";

    private static readonly LocalDate Epoch = new(1970, 1, 1);

    /// <summary>The UTC day, by the server's own clock, on which the segment was begun.</summary>
    public LocalDate Day => Epoch.PlusDays((int)(Value / PerDay));

    /// <summary>Its number within the day.</summary>
    public int Number => (int)(Value % PerDay);

    /// <summary>Where the file lies below the folder of the segments: <c>2026-03-02/0001.segment</c>.</summary>
    public string FileName =>
        string.Create(CultureInfo.InvariantCulture, $"{Day.Year:0000}-{Day.Month:00}-{Day.Day:00}/{Number:0000}{Extension}");

    /// <summary>The segment with this number of a day.</summary>
    public static SegmentId Of(LocalDate day, int number) => new((long)Period.DaysBetween(Epoch, day) * PerDay + number);

    /// <summary>The segment whose file has this name, written exactly as <see cref="FileName"/> writes it.</summary>
    /// <returns><see langword="false"/> when it is no name of a segment.</returns>
    internal static bool TryParse([NotNullWhen(true)] string? fileName, out SegmentId id)
    {
        id = default;
        if (fileName is not { Length: 23 } || fileName[10] != '/')
            return false;
        if (!DateOnly.TryParseExact(fileName.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.Year < 1970
            || !int.TryParse(fileName.AsSpan(11, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == 0)
            return false;
        id = Of(LocalDate.FromDateOnly(day), number);
        return id.FileName == fileName;
    }

    /// <inheritdoc/>
    public int CompareTo(SegmentId other) => Value.CompareTo(other.Value);

    /// <summary>Whether one segment was begun before another.</summary>
    public static bool operator <(SegmentId left, SegmentId right) => left.Value < right.Value;

    /// <summary>Whether one segment was begun after another.</summary>
    public static bool operator >(SegmentId left, SegmentId right) => left.Value > right.Value;

    /// <summary>Whether one segment is another or was begun before it.</summary>
    public static bool operator <=(SegmentId left, SegmentId right) => left.Value <= right.Value;

    /// <summary>Whether one segment is another or was begun after it.</summary>
    public static bool operator >=(SegmentId left, SegmentId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => FileName;
}
