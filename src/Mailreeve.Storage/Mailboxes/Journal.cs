using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>
/// Makes rows of the records that the segments hold. A message is durable, and its 250 is out, before its row is there; how far the rows
/// have come is written with them, so that after a crash exactly the rest is read from the segments again.
/// </summary>
/// <remarks>
/// One loop, in the order of the journal, many records in a transaction. Only rows of messages are made here; an owner that wants to change
/// a row waits for it first (<see cref="CaughtUpAsync"/>), or its change could come before the row.
/// </remarks>
public sealed class Journal : IAsyncDisposable
{
    private const string Name = "mail";
    private const int RecordsPerTransaction = 1000;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Database db;
    private readonly SegmentStore segments;
    private readonly ILogger<Journal> log;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wanted = new(0);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<(SegmentPosition From, TaskCompletionSource Done)> waiting = [];
    private List<StoredRecord> arrived = [];
    private SegmentPosition written;
    private SegmentPosition committed;
    private Task loop = Task.CompletedTask;

    private Journal(Database db, SegmentStore segments, ILogger<Journal> log) => (this.db, this.segments, this.log) = (db, segments, log);

    /// <summary>Makes the rows that are missing, and from then on those of each record that is committed.</summary>
    /// <exception cref="InvalidDataException">Messages have rows, but their segment is gone.</exception>
    public static async Task<Journal> StartAsync(Database db, SegmentStore segments, ILogger<Journal> log, CancellationToken stop)
    {
        var journal = new Journal(db, segments, log);
        await journal.ReplayAsync(stop);
        segments.Committed = journal.Take;
        journal.loop = Task.Run(journal.WriteAllAsync, CancellationToken.None);
        return journal;
    }

    /// <summary>Returns when every record that was committed before the call has its rows.</summary>
    /// <exception cref="InvalidOperationException">The database does not take them now. They are tried again, and nothing is lost.</exception>
    public Task CaughtUpAsync()
    {
        lock (gate)
        {
            if (written.CompareTo(committed) >= 0)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((committed, done));
            if (wanted.CurrentCount == 0)
                wanted.Release();
            return done.Task;
        }
    }

    /// <summary>Writes what is left, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        segments.Committed = null;
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
        wanted.Dispose();
    }

    private async Task ReplayAsync(CancellationToken stop)
    {
        var (position, used) = await db.ReadAsync(async session => (
            await session.SingleOrDefaultAsync<PositionRow>("SELECT segment, position FROM journal_position WHERE name = @Name", new { Name }, stop),
            await new MessageStore(session).SegmentsInUseAsync(stop)), stop);
        var missing = used.Select(s => new SegmentId(s)).Where(s => !segments.Has(s)).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidDataException(
                $"Messages have rows, but their segment is gone: {string.Join(", ", missing.Select(s => s.FileName))}. Restore the segments of the backup that the database is from.");
        }

        written = position is null ? default : new SegmentPosition(new SegmentId(position.Segment), position.Position);
        var replayed = 0;
        foreach (var records in segments.RecordsFrom(written).Chunk(RecordsPerTransaction))
        {
            await WriteAsync(records, stop);
            replayed += records.Length;
        }

        committed = written;
        if (replayed > 0)
            log.JournalReplayed(replayed);
    }

    // On the thread that commits: nothing but a note.
    private void Take(IReadOnlyList<StoredRecord> records)
    {
        lock (gate)
        {
            arrived.AddRange(records);
            committed = records[^1].Next;
            if (arrived.Count >= RecordsPerTransaction && wanted.CurrentCount == 0)
                wanted.Release();
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            try
            {
                // Many records in one transaction cost less than each by itself; somebody who needs a row does not wait for that.
                await wanted.WaitAsync(Gather, stopping.Token);
            }
            catch (OperationCanceledException)
            {
            }

            List<StoredRecord> records;
            lock (gate)
                (records, arrived) = (arrived, []);
            foreach (var some in records.Chunk(RecordsPerTransaction))
                await WriteUntilDoneAsync(some);
            if (stopping.IsCancellationRequested)
                return;
        }
    }

    private async Task WriteUntilDoneAsync(StoredRecord[] records)
    {
        while (true)
        {
            try
            {
                await WriteAsync(records, CancellationToken.None);
                return;
            }
            catch (Exception e)
            {
                log.JournalNotWritten(e, records.Length);
                // Nobody knows for how long the disk fails; whoever waits is better off with an answer.
                FailWaiting(e);
                // The records are safe where they are; the next start would find them, too.
                if (stopping.IsCancellationRequested)
                    return;
                await Task.Delay(PauseAfterFailure, CancellationToken.None);
            }
        }
    }

    private void FailWaiting(Exception why)
    {
        lock (gate)
        {
            // Not an IOException: the session would take that for a client who hung up.
            foreach (var (_, done) in waiting)
                done.SetException(new InvalidOperationException($"The rows of messages cannot be written: {why.Message}", why));
            waiting.Clear();
        }
    }

    private async Task WriteAsync(IReadOnlyList<StoredRecord> records, CancellationToken stop)
    {
        var rows = records.SelectMany(RowsOf).ToList();
        var advanced = rows.GroupBy(r => r.FolderId).Select(g => (g.Key, g.Max(r => r.Uid) + 1, g.Max(r => r.ModSeq))).ToList();
        var next = records[^1].Next;
        await db.WriteAsync(async session =>
        {
            await new MessageStore(session).AddAsync(rows, stop);
            await new FolderStore(session).AdvanceAsync(advanced, stop);
            await session.ExecuteAsync("""
                INSERT INTO journal_position (name, segment, position)
                VALUES (@Name, @segment, @position)
                ON CONFLICT (name) DO UPDATE SET segment = excluded.segment, position = excluded.position
                """, new { Name, segment = next.Segment.Value, position = next.Offset }, stop);
        }, stop);
        lock (gate)
        {
            written = next;
            foreach (var (_, done) in waiting.Where(w => w.From.CompareTo(written) <= 0))
                done.SetResult();
            waiting.RemoveAll(w => w.From.CompareTo(written) <= 0);
        }
    }

    private IEnumerable<MessageRow> RowsOf(StoredRecord record)
    {
        var octets = new byte[record.Message.Length];
        segments.Read(record.Message, 0, octets);
        var summary = MessageSummary.Of(octets).ToBytes().ToArray();
        return record.Head.Deliveries.Select(d => new MessageRow
        {
            FolderId = d.Folder,
            Uid = d.Uid,
            Segment = record.Message.Segment.Value,
            Position = record.Message.Offset,
            Length = record.Message.Length,
            SavedAt = record.Head.SavedAt,
            InternalDate = record.Head.InternalDate,
            Flags = d.Flags,
            Keywords = d.Keywords,
            ModSeq = (long)d.ModSeq,
            Summary = summary,
        });
    }

    private sealed record PositionRow
    {
        public required long Segment { get; init; }

        public required long Position { get; init; }
    }
}
