namespace Mailreeve.Storage.Segments;

/// <summary>Something wrong in a segment.</summary>
/// <param name="Segment">The file.</param>
/// <param name="Offset">Where the bad record begins; 0 when it is the header of the file.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record SegmentProblem(SegmentId Segment, long Offset, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Segment.FileName} at {Offset}: {Reason}";
}
