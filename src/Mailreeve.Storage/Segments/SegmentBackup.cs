using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>A copy of the journal.</summary>
/// <param name="Segments">Segments in the copy.</param>
/// <param name="BytesCopied">Octets that had to be copied; those of an earlier copy in the same folder are not copied again.</param>
/// <param name="End">The end of the journal in the copy.</param>
/// <param name="Problems">What was found damaged while it was copied. It is in the copy as it was found.</param>
public sealed record SegmentBackup(int Segments, long BytesCopied, SegmentPosition End, IReadOnlyList<SegmentProblem> Problems)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>
    /// Copies a folder of segments while its program goes on writing to it. Copy the database first: then every row of that copy has its
    /// record in this one, and what came in between is made again from the journal. Restoring is copying back, with nobody running.
    /// </summary>
    /// <param name="from">The folder of the segments.</param>
    /// <param name="to">The folder of the copy; it is made when it is missing. An earlier copy in it is brought up to date.</param>
    /// <param name="stop">Breaks it off. What is there by then is a beginning for the next copy.</param>
    /// <exception cref="IOException">A disk refuses; the copy is not complete.</exception>
    public static SegmentBackup Copy(string from, string to, CancellationToken stop)
    {
        var source = new SegmentFolder(from);
        var target = new SegmentFolder(Directory.CreateDirectory(to).FullName);
        var (copied, end) = (0L, default(SegmentPosition));
        var problems = new List<SegmentProblem>();
        var kept = new HashSet<SegmentId>();
        // Until nothing has been begun meanwhile: the last segment of one round may have grown, and have a successor, in the next.
        var stretches = source.Stretches();
        while (true)
        {
            foreach (var (id, knownEnd) in stretches)
            {
                stop.ThrowIfCancellationRequested();
                if (CopyOne(source, target, id, knownEnd, problems, stop) is not { } part)
                    continue;
                kept.Add(id);
                copied += part.Copied;
                end = new SegmentPosition(id, part.End);
            }

            var now = source.Stretches();
            if (now.Count == 0 || now[^1].Id <= end.Segment)
                break;
            stretches = [.. now.Where(s => s.Id >= end.Segment)];
        }

        DropExpired(target, kept, end.Segment);
        Libc.FlushFolder(target.Path);
        return new SegmentBackup(kept.Count, copied, end, problems);
    }

    private static (long Copied, long End)? CopyOne(
        SegmentFolder source, SegmentFolder target, SegmentId id, long? knownEnd, List<SegmentProblem> problems, CancellationToken stop)
    {
        try
        {
            using var file = Segment.OpenForReading(source.PathOf(id));
            var path = target.PathOf(id);
            if (knownEnd is { } sealedAt && File.Exists(path) && new FileInfo(path).Length == sealedAt)
                return (0, sealedAt);
            var header = Segment.ReadHeader(file, id, out var problem);
            if (header is null)
                problems.Add(new SegmentProblem(id, 0, problem));
            var walk = header is null ? null : SegmentWalk.Through(file, header, knownEnd, stop);
            problems.AddRange(walk?.Problems.Except(problems) ?? []);
            var end = knownEnd ?? walk?.End ?? RandomAccess.GetLength(file);
            return (CopyFile(file, target, id, end, stop), end);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // It has expired while we were copying another.
        }
    }

    private static long CopyFile(SafeFileHandle from, SegmentFolder target, SegmentId id, long end, CancellationToken stop)
    {
        var day = target.MakeDayOf(id);
        using (var to = File.OpenHandle(target.BeginningPath, FileMode.Create, FileAccess.Write))
        {
            var buffer = new byte[ChunkBytes];
            for (long offset = 0; offset < end;)
            {
                stop.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
                if (read == 0)
                    break; // Shorter than it should be: that is among the problems.
                RandomAccess.Write(to, buffer.AsSpan(0, read), offset);
                offset += read;
            }

            Libc.Flush(to);
        }

        File.Move(target.BeginningPath, target.PathOf(id), overwrite: true);
        Libc.FlushFolder(day);
        return end;
    }

    // What an earlier copy still had and the journal no longer has: retention holds for copies too.
    private static void DropExpired(SegmentFolder target, HashSet<SegmentId> kept, SegmentId last)
    {
        foreach (var id in target.List().Where(id => id < last && !kept.Contains(id)))
        {
            var path = target.PathOf(id);
            File.Delete(path);
            var day = Path.GetDirectoryName(path)!;
            if (!Directory.EnumerateFileSystemEntries(day).Any())
                Directory.Delete(day);
        }
    }
}
