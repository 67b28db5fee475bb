using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>Deletes what the queue is done with: segments in which nothing waits any more, and rows of messages that ended long ago. Counts what waits.</summary>
/// <param name="parts">What sending is made of.</param>
public sealed class QueueUpkeepClerk(OutboundParts parts) : IClerk
{
    private const int RowsPerRound = 1000;

    // A row is written a moment after its message: no segment goes before everyone has long done so.
    private static readonly Duration SegmentAge = Duration.FromDays(1);
    private static readonly Duration Interval = Duration.FromMinutes(1);

    private Instant next = Instant.MinValue;

    /// <inheritdoc/>
    public string Name => "queue-upkeep";

    /// <summary>Does what is due.</summary>
    /// <returns>Rows that were deleted.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = parts.Clock.GetCurrentInstant();
        if (now < next)
            return 0;
        var counts = await parts.Database.ReadAsync(session => new QueueStore(session).CountAsync(now, stop), stop);
        (parts.Counters.Waiting, parts.Counters.Due) = counts;

        var before = now - Duration.FromTimeSpan(parts.Options.FinishedKept);
        var rows = await parts.Database.WriteAsync(session => new QueueStore(session).DeleteFinishedAsync(before, RowsPerRound, stop), stop);
        var old = parts.Segments.Store.SavedBefore(now - SegmentAge);
        var used = await parts.Database.ReadAsync(session => new QueueStore(session).InUseAsync(old, stop), stop);
        var gone = parts.Segments.Store.DeleteExpired(now - SegmentAge, used, stop);
        if (rows + gone.Count > 0)
            parts.Log.OutboundCleaned(gone.Count, rows);
        if (rows < RowsPerRound)
            next = now + Interval;
        return rows;
    }
}
