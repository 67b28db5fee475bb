namespace Mailreeve.Storage.Segments;

/// <summary>A point between two records of the journal. What is before it has been seen; <see langword="default"/> is before everything.</summary>
/// <param name="Segment">The file.</param>
/// <param name="Offset">Octets from the beginning of the file.</param>
public readonly record struct SegmentPosition(SegmentId Segment, long Offset) : IComparable<SegmentPosition>
{
    /// <inheritdoc/>
    public int CompareTo(SegmentPosition other) =>
        Segment == other.Segment ? Offset.CompareTo(other.Offset) : Segment.CompareTo(other.Segment);

    /// <summary>Whether one point is before another.</summary>
    public static bool operator <(SegmentPosition left, SegmentPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether one point is behind another.</summary>
    public static bool operator >(SegmentPosition left, SegmentPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether one point is another or before it.</summary>
    public static bool operator <=(SegmentPosition left, SegmentPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one point is another or behind it.</summary>
    public static bool operator >=(SegmentPosition left, SegmentPosition right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Segment}+{Offset}";
}
