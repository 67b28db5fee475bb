namespace Mailreeve.Storage.Segments;

/// <summary>What checking the journal came to.</summary>
/// <param name="Segments">Segments that were read.</param>
/// <param name="Records">Good records in them.</param>
/// <param name="Bytes">Octets of their messages.</param>
/// <param name="Problems">What is wrong, in the order of the journal; empty when all is well.</param>
public sealed record SegmentVerification(int Segments, long Records, long Bytes, IReadOnlyList<SegmentProblem> Problems)
{
    internal static readonly SegmentVerification Nothing = new(0, 0, 0, []);

    /// <summary>Checks a folder from outside, also while another program writes to it. Nothing is changed.</summary>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public static SegmentVerification Of(string folder, CancellationToken stop)
    {
        var home = new SegmentFolder(folder);
        return home.Stretches().Aggregate(Nothing, (sum, stretch) => sum.Add(home, stretch.Id, stretch.End, stop));
    }

    /// <summary>This and one more segment.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="id">Which one.</param>
    /// <param name="end">Where it ends; <see langword="null"/> when that is to be found out.</param>
    /// <param name="stop">Breaks it off.</param>
    internal SegmentVerification Add(SegmentFolder folder, SegmentId id, long? end, CancellationToken stop)
    {
        try
        {
            using var file = Segment.OpenForReading(folder.PathOf(id));
            var header = Segment.ReadHeader(file, id, out var problem);
            if (header is null)
                return this with { Segments = Segments + 1, Problems = [.. Problems, new(id, 0, problem)] };
            var walk = SegmentWalk.Through(file, header, end, stop);
            return new(Segments + 1, Records + walk.Records, Bytes + walk.MessageBytes, [.. Problems, .. walk.Problems]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return this; // It has expired while we were looking at another.
        }
    }
}
