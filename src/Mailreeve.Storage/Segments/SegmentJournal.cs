using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>The thread that commits: it takes what waits, writes it in one go, flushes once, and tells everyone.</summary>
internal sealed class SegmentJournal : IDisposable
{
    private const int PooledMax = 1000;

    private readonly SegmentFolder folder;
    private readonly SegmentOptions options;
    private readonly IClock clock;
    private readonly ConcurrentDictionary<SegmentId, Segment> segments;
    private readonly SegmentUpkeep upkeep;
    private readonly Thread thread;

    // Under the gate: who waits, and what can be used again.
    private readonly object gate = new();
    private readonly Queue<PendingAppend> queue = new();
    private readonly Stack<PendingAppend> pool = new();
    private readonly Queue<TaskCompletionSource> segmentsWanted = new();
    private bool idle;
    private bool closed;

    // Of the commit thread.
    private readonly List<PendingAppend> batch = [];
    private readonly List<ReadOnlyMemory<byte>> octets = [];
    private SegmentWriter? writer;
    private Segment? last;
    private Exception? failure;
    private long failedAt;
    private Exception? missed;

    private long appends;
    private long commits;
    private long bytes;
    private long failures;
    private long begun;

    public SegmentJournal(
        SegmentFolder folder, SegmentOptions options, IClock clock, ConcurrentDictionary<SegmentId, Segment> segments, SegmentRecovery found)
    {
        (this.folder, this.options, this.clock, this.segments) = (folder, options, clock, segments);
        last = found.Segments.Count > 0 ? found.Segments[^1] : null;
        writer = found.Open is { } open ? SegmentWriter.GoOn(open) : null;
        upkeep = new SegmentUpkeep(folder, options);
        thread = new Thread(Run) { IsBackground = true, Name = "Segment commit" };
        thread.Start();
    }

    /// <summary>See <see cref="SegmentStore.Committed"/>.</summary>
    public Action<IReadOnlyList<StoredRecord>>? Committed { get; set; }

    /// <summary>The end of the journal.</summary>
    public SegmentPosition End => Volatile.Read(ref last) is { } segment ? new(segment.Id, segment.End) : default;

    /// <summary>See <see cref="SegmentStore.Counters"/>.</summary>
    public SegmentCounters Counters => new(
        Volatile.Read(ref appends), Volatile.Read(ref commits), Volatile.Read(ref bytes), Volatile.Read(ref failures), Volatile.Read(ref begun));

    /// <summary>See <see cref="SegmentStore.AppendAsync"/>.</summary>
    public ValueTask<StoredRecord> Append(RecordHead head, ReadOnlySequence<byte> message)
    {
        PendingAppend? pending;
        lock (gate)
        {
            if (!pool.TryPop(out pending))
                pending = new PendingAppend(Recycle);
        }

        pending.Prepare(head, message);
        var task = pending.Task;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SegmentStore));
            queue.Enqueue(pending);
            Wake();
        }

        return task;
    }

    /// <summary>Begins a new segment, behind all that has been appended, and returns when it is there.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void BeginSegment()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SegmentStore));
            segmentsWanted.Enqueue(done);
            Wake();
        }

        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Writes what waits, and ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed)
                return;
            closed = true;
            Wake();
        }

        thread.Join();
        writer?.Close();
        upkeep.Dispose();
    }

    private void Wake()
    {
        if (idle)
            Monitor.Pulse(gate);
    }

    private void Recycle(PendingAppend pending)
    {
        pending.Clear();
        lock (gate)
        {
            if (pool.Count < PooledMax)
                pool.Push(pending);
        }
    }

    private void Run()
    {
        while (Take(out var segmentWanted))
        {
            if (segmentWanted is not null)
                BeginFor(segmentWanted);
            else
                Commit();
        }
    }

    // What waits, as long as it fits; no waiting for company.
    private bool Take(out TaskCompletionSource? segmentWanted)
    {
        batch.Clear();
        lock (gate)
        {
            while (queue.Count == 0 && segmentsWanted.Count == 0)
            {
                segmentWanted = null;
                if (closed)
                    return false;
                idle = true;
                Monitor.Wait(gate);
                idle = false;
            }

            if (segmentsWanted.TryDequeue(out segmentWanted))
                return true;
            var room = Math.Min(options.BatchBytesMax, Room);
            var total = 0L;
            while (queue.TryPeek(out var next) && batch.Count < options.BatchRecordsMax
                && (batch.Count == 0 || total + next.TotalBytes <= room))
            {
                total += next.TotalBytes;
                batch.Add(queue.Dequeue());
            }
        }

        return true;
    }

    // A segment ends with its zeros when the next is ready, and with its size when it is not.
    private long Room => writer is null ? options.SegmentBytes : (upkeep.HasSpare ? writer.Filled : options.SegmentBytes) - writer.Offset;

    private void Commit()
    {
        if (missed is not null)
        {
            FailBatch(missed);
            return;
        }

        // While the disk refuses, nobody waits for it to say so once more.
        if (failure is not null && Stopwatch.GetElapsedTime(failedAt) < options.RetryPause)
        {
            FailBatch(failure);
            return;
        }

        StoredRecord[] records;
        try
        {
            records = Write();
        }
        catch (Exception e)
        {
            // Nobody knows what of the batch is on disk. None of it is acknowledged, and nothing is appended behind it.
            writer?.Abandon();
            writer = null;
            (failure, failedAt) = (e, Stopwatch.GetTimestamp());
            FailBatch(e);
            return;
        }

        Publish(records);
    }

    private void FailBatch(Exception why)
    {
        Volatile.Write(ref failures, failures + batch.Count);
        foreach (var pending in batch)
            pending.Fail(new IOException($"The message could not be stored: {why.Message}", why));
    }

    private StoredRecord[] Write()
    {
        EnsureSegment(batch[0].TotalBytes);
        var segment = writer!.Segment;
        var (start, total) = (writer.Offset, 0L);
        var records = new StoredRecord[batch.Count];
        octets.Clear();
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = batch[i].Place(segment.Id, writer.Salt, start + total, start, octets);
            total += batch[i].TotalBytes;
        }

        writer.Append(octets, total);
        foreach (var record in records)
            segment.Newest = Instant.Max(segment.Newest!.Value, record.Head.SavedAt);
        Volatile.Write(ref appends, appends + records.Length);
        Volatile.Write(ref commits, commits + 1);
        Volatile.Write(ref bytes, bytes + total);
        if (writer.Offset > writer.Filled / 2)
            upkeep.WantSpare();
        return records;
    }

    private void Publish(StoredRecord[] records)
    {
        try
        {
            Committed?.Invoke(records);
        }
        catch (Exception bug)
        {
            missed = bug;
        }

        for (var i = 0; i < records.Length; i++)
            batch[i].Complete(records[i]);
    }

    private void EnsureSegment(long firstBytes)
    {
        var now = clock.GetCurrentInstant();
        var today = now.InUtc().Date;
        if (writer is not null && !IsOver(writer, today, firstBytes))
            return;
        Begin(now, today);
    }

    private bool IsOver(SegmentWriter current, LocalDate today, long firstBytes)
    {
        // A clock that was set back does not take us back.
        if (today > current.Segment.Id.Day)
            return true;
        if (current.Segment.IsEmpty || current.Segment.Id.Number == SegmentId.PerDay - 1)
            return false;
        return current.Offset + firstBytes > (upkeep.HasSpare ? current.Filled : options.SegmentBytes);
    }

    private void Begin(Instant now, LocalDate today)
    {
        var header = SegmentHeader.New(NextId(today), now, last is null ? default : new(last.Id, last.End));
        var next = SegmentWriter.Begin(folder, upkeep, options, header);
        writer?.Seal(upkeep);
        writer = next;
        failure = null;
        segments[next.Segment.Id] = next.Segment;
        Volatile.Write(ref last, next.Segment);
        Volatile.Write(ref begun, begun + 1);
    }

    private SegmentId NextId(LocalDate today)
    {
        var id = SegmentId.Of(today, 1);
        if (last is not null && id <= last.Id)
            id = new SegmentId(last.Id.Value + 1);
        // One whose name reached the disk and whose folder did not say so.
        while (File.Exists(folder.PathOf(id)))
            id = new SegmentId(id.Value + 1);
        return id.Number != 0 ? id : throw new IOException("There can be no more segments today.");
    }

    private void BeginFor(TaskCompletionSource wanted)
    {
        try
        {
            var now = clock.GetCurrentInstant();
            Begin(now, now.InUtc().Date);
            wanted.SetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            wanted.SetException(new IOException(e.Message, e));
        }
    }
}
