using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>
/// The messages on disk: an append-only journal in files by UTC day. Many connections share one flush (group commit), and an append that
/// returns is on disk; for local mail that one write is the delivery.
/// </summary>
/// <remarks>
/// One program at a time. Every member may be called from any thread at any time. Nothing is ever changed in place: a segment grows at
/// its end, and goes as a whole when all in it has expired.
/// </remarks>
public sealed class SegmentStore : IAsyncDisposable
{
    private readonly SegmentFolder folder;
    private readonly SegmentHandles handles;
    private readonly SegmentJournal journal;
    private readonly FileStream ownership;
    private readonly ConcurrentDictionary<SegmentId, Segment> segments;
    private readonly Lock deleting = new();

    private SegmentStore(SegmentFolder folder, SegmentOptions options, IClock clock, FileStream ownership, SegmentRecovery found)
    {
        (this.folder, this.ownership) = (folder, ownership);
        Problems = found.Problems;
        segments = new(found.Segments.Select(s => KeyValuePair.Create(s.Id, s)));
        handles = new SegmentHandles(options.OpenSegmentsMax);
        journal = new SegmentJournal(folder, options, clock, segments, found);
    }

    /// <summary>Opens a folder, makes it when it is missing, and cuts off what was being written when the program or the machine stopped.</summary>
    /// <param name="folder">Its path, on a local disk.</param>
    /// <param name="options">Limits; see <see cref="SegmentOptions.Problems"/>.</param>
    /// <param name="clock">The server's own clock: it says on which day a segment is begun.</param>
    /// <exception cref="IOException">Another program has it open, or the disk refuses.</exception>
    public static SegmentStore Open(string folder, SegmentOptions options, IClock clock)
    {
        var home = new SegmentFolder(Directory.CreateDirectory(folder).FullName);
        FileStream? ownership = null;
        try
        {
            ownership = new FileStream(home.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(home.SparePath);
            File.Delete(home.BeginningPath);
            return new SegmentStore(home, options, clock, ownership, SegmentRecovery.Run(home));
        }
        catch (UnauthorizedAccessException denied)
        {
            ownership?.Dispose();
            throw new IOException(denied.Message, denied);
        }
        catch
        {
            ownership?.Dispose();
            throw;
        }
    }

    /// <summary>What was found damaged at the start; whoever opens the store tells the operator. See <see cref="SegmentVerification"/> for all of it.</summary>
    public IReadOnlyList<SegmentProblem> Problems { get; }

    /// <summary>The end of the journal: everything before it is on disk.</summary>
    public SegmentPosition End => journal.End;

    /// <summary>What has been done since the store was opened.</summary>
    public SegmentCounters Counters => journal.Counters;

    /// <summary>
    /// Called after each flush with the records that are now on disk, in the order of the journal, before those who appended them hear
    /// of it. Set it before the first append.
    /// </summary>
    /// <remarks>
    /// It is called on the thread that commits, so everyone waits for it, and it must not throw: after that every append fails, because
    /// someone has missed a record and only reading the journal again will mend that.
    /// </remarks>
    public Action<IReadOnlyList<StoredRecord>>? Committed
    {
        get => journal.Committed;
        set => journal.Committed = value;
    }

    /// <summary>Appends a message.</summary>
    /// <param name="head">What stands before it.</param>
    /// <param name="message">Its octets. They are used where they are: leave them alone until the task has completed.</param>
    /// <param name="stop">Has an effect only before the record waits to be written; after that the outcome is what the disk says.</param>
    /// <returns>Completes when the record is on disk. Await it once.</returns>
    /// <exception cref="IOException">It is not on disk and will not come to light later; try again.</exception>
    /// <exception cref="ArgumentException">The message is larger than 1 GiB, or the head larger than 1 MiB.</exception>
    /// <exception cref="ObjectDisposedException">The store has been closed.</exception>
    public ValueTask<StoredRecord> AppendAsync(RecordHead head, ReadOnlySequence<byte> message, CancellationToken stop) =>
        stop.IsCancellationRequested ? ValueTask.FromCanceled<StoredRecord>(stop) : journal.Append(head, message);

    /// <summary>Whether the segment is there.</summary>
    public bool Has(SegmentId segment) => segments.ContainsKey(segment);

    /// <summary>Reads octets of a message.</summary>
    /// <param name="place">The message.</param>
    /// <param name="from">The first octet wanted, from the beginning of the message.</param>
    /// <param name="into">Filled to its end, which must not be beyond the end of the message.</param>
    /// <exception cref="IOException">
    /// The segment has expired, or the disk could not read it; <see cref="EndOfStreamException"/> when the segment is shorter than that.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The message has no such octets.</exception>
    public void Read(MessagePlace place, int from, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, place.Length - into.Length);
        var segment = Find(place);
        var offset = place.Offset + from;
        while (!into.IsEmpty)
        {
            var read = handles.Read(segment, into, offset);
            if (read == 0)
                throw Missing(place);
            into = into[read..];
            offset += read;
        }
    }

    /// <summary>Copies octets of a message to where they are sent from.</summary>
    /// <param name="place">The message.</param>
    /// <param name="from">The first octet wanted, from the beginning of the message; what is beyond its end is empty.</param>
    /// <param name="length">Octets wanted at most.</param>
    /// <param name="to">A pipe, for example. Flushing it now and then is the caller's affair.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">As for <see cref="Read"/>; some octets may have been copied.</exception>
    public int CopyTo(MessagePlace place, int from, int length, IBufferWriter<byte> to)
    {
        const int chunk = 16 << 10;
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var segment = Find(place);
        var wanted = Math.Max(0, Math.Min(length, place.Length - from));
        for (var copied = 0; copied < wanted;)
        {
            var span = to.GetSpan(Math.Min(chunk, wanted - copied));
            var read = handles.Read(segment, span[..Math.Min(span.Length, wanted - copied)], place.Offset + from + copied);
            if (read == 0)
                throw Missing(place);
            to.Advance(read);
            copied += read;
        }

        return wanted;
    }

    /// <summary>The records from a point of the journal to its end, at least as that was when this was called.</summary>
    /// <param name="from">A position that a record or <see cref="End"/> gave. When its segment has expired, the next one is begun with.</param>
    /// <exception cref="SegmentDamagedException">
    /// Something there had been on disk and is no longer what it was; also when the journal ends before that point. The records before it
    /// have been returned.
    /// </exception>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public IEnumerable<StoredRecord> RecordsFrom(SegmentPosition from)
    {
        if (from > End)
            throw new SegmentDamagedException(new(from.Segment, from.Offset, $"The journal ends before, at {End}."), End);
        foreach (var segment in InOrder().Where(s => s.Id >= from.Segment))
        {
            var offset = segment.Id == from.Segment ? Math.Max(from.Offset, SegmentHeader.Bytes) : SegmentHeader.Bytes;
            foreach (var record in RecordsOf(segment, offset))
                yield return record;
        }
    }

    /// <summary>The segments whose newest record was saved before a moment.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<SegmentId> SavedBefore(Instant moment) =>
        [.. InOrder().Where(s => !(s.Header is { } header && header.BegunAt >= moment) && NewestOf(s) < moment).Select(s => s.Id)];

    /// <summary>Drops every segment whose newest record was saved before a moment. When that is so of the last one, an empty one is begun first.</summary>
    /// <param name="savedBefore">What was saved then or later stays, with all that is in the same segment.</param>
    /// <param name="stop">Breaks it off between two segments.</param>
    /// <returns>The segments that are gone. Reads under way end well; later ones throw <see cref="IOException"/>.</returns>
    /// <exception cref="IOException">A file cannot be read or deleted; some may have been.</exception>
    public IReadOnlyList<SegmentId> DeleteExpired(Instant savedBefore, CancellationToken stop) =>
        DeleteExpired(savedBefore, FrozenSet<SegmentId>.Empty, stop);

    /// <summary>As <see cref="DeleteExpired(Instant, CancellationToken)"/>, but for those that are in use.</summary>
    /// <param name="savedBefore">What was saved then or later stays, with all that is in the same segment.</param>
    /// <param name="used">Segments that stay whatever their age.</param>
    /// <param name="stop">Breaks it off between two segments.</param>
    public IReadOnlyList<SegmentId> DeleteExpired(Instant savedBefore, IReadOnlySet<SegmentId> used, CancellationToken stop)
    {
        lock (deleting)
        {
            if (InOrder().LastOrDefault() is { IsEmpty: false } last && NewestOf(last) < savedBefore)
                journal.BeginSegment();
            var gone = new List<SegmentId>();
            foreach (var segment in InOrder().SkipLast(1))
            {
                stop.ThrowIfCancellationRequested();
                // Nothing in it was appended before it was begun, so most are not even looked at.
                if (used.Contains(segment.Id) || (segment.Header is { } header && header.BegunAt >= savedBefore))
                    continue;
                if (NewestOf(segment) >= savedBefore)
                    continue;
                Delete(segment);
                gone.Add(segment.Id);
            }

            return gone;
        }
    }

    /// <summary>Checks every record of every segment, while mail goes on.</summary>
    /// <exception cref="IOException">The disk could not read one.</exception>
    public SegmentVerification Verify(CancellationToken stop)
    {
        var sum = SegmentVerification.Nothing;
        foreach (var segment in InOrder())
            sum = sum.Add(folder, segment.Id, segment.End, stop);
        return sum;
    }

    /// <summary>Closes the store. What waits is written first.</summary>
    public ValueTask DisposeAsync()
    {
        journal.Dispose();
        handles.Dispose();
        ownership.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<Segment> InOrder() => segments.Values.OrderBy(s => s.Id);

    private static IEnumerable<StoredRecord> RecordsOf(Segment segment, long offset)
    {
        if (offset == segment.End)
            yield break;
        if (segment.Header is not { } header)
            throw new SegmentDamagedException(new(segment.Id, 0, "The header is damaged."), new(segment.Id, segment.End));
        using var file = Segment.OpenForReading(segment.Path);
        // Once more where it is being written to: the end has moved while we read.
        for (long end; (end = segment.End) > offset;)
        {
            var scan = new SegmentScan(file, header, offset, end);
            while (scan.TryNext(out var record))
                yield return record;
            if (scan.End != ScanEnd.Clean)
                throw new SegmentDamagedException(
                    new(segment.Id, scan.Offset, scan.Reason), new(segment.Id, scan.ResumeAt ?? end));
            offset = scan.Offset;
        }
    }

    private static Instant NewestOf(Segment segment)
    {
        if (segment.Newest is { } known)
            return known;
        var newest = Instant.MinValue;
        var isWhole = false;
        if (segment.Header is { } header)
        {
            using var file = Segment.OpenForReading(segment.Path);
            var scan = new SegmentScan(file, header, SegmentHeader.Bytes, segment.End, withMessages: false);
            while (scan.TryNext(out var record))
                newest = Instant.Max(newest, record.Head.SavedAt);
            isWhole = scan.End == ScanEnd.Clean;
        }

        // What cannot be read was saved by the end of the next day, or it would be in a later segment.
        if (!isWhole)
            newest = Instant.Max(newest, segment.Id.Day.PlusDays(1).AtMidnight().InUtc().ToInstant());
        segment.Newest = newest;
        return newest;
    }

    private void Delete(Segment segment)
    {
        segments.TryRemove(segment.Id, out _);
        var day = Path.GetDirectoryName(segment.Path)!;
        try
        {
            // In this order: nobody opens it again after it has been closed, which would keep its space from others.
            File.Delete(segment.Path);
            handles.Close(segment);
            if (!Directory.EnumerateFileSystemEntries(day).Any())
                Directory.Delete(day);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }

    private Segment Find(MessagePlace place)
    {
        if (!segments.TryGetValue(place.Segment, out var segment))
            throw new FileNotFoundException($"There is no segment {place.Segment.FileName}.", place.Segment.FileName);
        return place.Offset + place.Length <= segment.End ? segment : throw Missing(place);
    }

    private static EndOfStreamException Missing(MessagePlace place) =>
        new($"{place.Segment.FileName} ends before {place.Offset + place.Length}.");
}
