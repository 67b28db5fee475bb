using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>What is found at start: every segment with its end, and the one that is gone on with.</summary>
/// <param name="Segments">All of them, oldest first.</param>
/// <param name="Open">The last one, when it ended cleanly and has all its records on disk; otherwise a new one is begun.</param>
/// <param name="Problems">What is damaged. Only the last segment is read through; the others are <see cref="SegmentVerification"/>'s.</param>
internal sealed record SegmentRecovery(IReadOnlyList<Segment> Segments, Segment? Open, IReadOnlyList<SegmentProblem> Problems)
{
    /// <summary>Looks at the folder, and cuts off what was being written when the program or the machine stopped.</summary>
    /// <exception cref="IOException">The disk could not be read, cut or flushed.</exception>
    public static SegmentRecovery Run(SegmentFolder folder)
    {
        var problems = new List<SegmentProblem>();
        var segments = new List<Segment>();
        Segment? open = null;
        var after = (SegmentHeader?)null;
        var isLast = true;
        var ids = folder.List();
        ids.Reverse();
        foreach (var id in ids)
        {
            var path = folder.PathOf(id);
            using var file = Segment.OpenForReading(path);
            var header = Segment.ReadHeader(file, id, out var problem);
            if (header is null)
                problems.Add(new SegmentProblem(id, 0, problem));
            var (segment, mayGoOn) = Recover(id, path, header, file, after, problems);
            if (isLast && mayGoOn)
                open = segment;
            segments.Add(segment);
            after = header;
            isLast = false;
        }

        segments.Reverse();
        return new SegmentRecovery(segments, open, problems);
    }

    private static (Segment Segment, bool MayGoOn) Recover(
        SegmentId id, string path, SegmentHeader? header, SafeFileHandle file, SegmentHeader? after, List<SegmentProblem> problems)
    {
        var length = RandomAccess.GetLength(file);
        // The one after it says where it ends. When there is none, or that one's own predecessor is gone, it has to be read.
        if (after is not null && after.Previous.Segment == id)
        {
            if (length > after.Previous.Offset)
                Cut(path, after.Previous.Offset);
            return (new Segment(id, path, header, after.Previous.Offset), false);
        }

        if (header is null)
            return (new Segment(id, path, null, length), false);
        var walk = SegmentWalk.Through(file, header, end: null, CancellationToken.None);
        problems.AddRange(walk.Problems);
        if (walk.IsTorn)
            Cut(path, walk.End);
        else
            FlushWhatWasRead(path);
        return (new Segment(id, path, header, walk.End) { Newest = walk.Newest }, !walk.IsTorn && walk.Problems.Count == 0);
    }

    private static void Cut(string path, long end)
    {
        using var file = OpenForWriting(path);
        RandomAccess.SetLength(file, end);
        Libc.Flush(file);
    }

    // A program that was killed may have written records without flushing them. We have just believed them.
    private static void FlushWhatWasRead(string path)
    {
        using var file = OpenForWriting(path);
        Libc.Flush(file);
    }

    private static SafeFileHandle OpenForWriting(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
