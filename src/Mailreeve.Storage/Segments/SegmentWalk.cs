using Microsoft.Win32.SafeHandles;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>What reading a whole segment came to, past what is damaged.</summary>
/// <param name="Records">Good records.</param>
/// <param name="MessageBytes">Octets of their messages.</param>
/// <param name="Newest">When the newest of them was saved; long ago when there is none.</param>
/// <param name="End">Behind the last good record.</param>
/// <param name="IsTorn">Whether something lies behind that which was never acknowledged.</param>
/// <param name="Problems">What is damaged in between.</param>
internal sealed record SegmentWalk(
    long Records, long MessageBytes, Instant Newest, long End, bool IsTorn, IReadOnlyList<SegmentProblem> Problems)
{
    /// <summary>Reads a segment.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="header">Of the segment.</param>
    /// <param name="end">Where it ends; <see langword="null"/> when that is to be found out.</param>
    /// <param name="stop">Breaks it off.</param>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public static SegmentWalk Through(SafeFileHandle file, SegmentHeader header, long? end, CancellationToken stop)
    {
        var (records, bytes, newest) = (0L, 0L, Instant.MinValue);
        var problems = new List<SegmentProblem>();
        long from = SegmentHeader.Bytes, doubted = 0;
        while (true)
        {
            var scan = new SegmentScan(file, header, from, end);
            while (scan.TryNext(out var record))
            {
                stop.ThrowIfCancellationRequested();
                (records, bytes, newest) = (records + 1, bytes + record.Message.Length, Instant.Max(newest, record.Head.SavedAt));
            }

            if (scan.End != ScanEnd.Damaged)
                return new SegmentWalk(records, bytes, newest, scan.Offset, scan.End == ScanEnd.Torn, problems);
            if (end is null && doubted != scan.Offset)
            {
                // Another program may have written it between our look at this place and our look behind it. Look again.
                from = doubted = scan.Offset;
                continue;
            }

            problems.Add(new SegmentProblem(header.Id, scan.Offset, scan.Reason));
            if (scan.ResumeAt is not { } next)
                return new SegmentWalk(records, bytes, newest, end ?? scan.Offset, IsTorn: false, problems);
            from = next;
        }
    }
}
