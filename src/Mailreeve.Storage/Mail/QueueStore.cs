using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Rows of <c>outbound</c> as those who send them need them: by destination, due first, and never all of them.</summary>
/// <remarks>
/// A row is taken by writing down that it is being tried, and until when nobody else may try it. Each statement follows an index, so
/// that a million rows that wait cost no more than a hundred.
/// </remarks>
public sealed class QueueStore(DbSession db)
{
    private const string Columns =
        "id, purpose, subject_id, submission_id, envelope_from, recipient, message, segment, position, length, options, source_class, attempts, created_at, last_reply";

    /// <summary>Where the messages go that have been due longest, each place once.</summary>
    /// <param name="now">What time it is.</param>
    /// <param name="rows">Rows that are looked at, at most.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns>The places, and whether there were more rows than were looked at.</returns>
    public async Task<(IReadOnlyList<string> Destinations, bool More)> DueLongestAsync(Instant now, long rows, CancellationToken stop)
    {
        var found = await db.QueryAsync<string>("""
            SELECT destination
            FROM   outbound
            WHERE  state = 'queued' AND next_attempt_at <= @now
            ORDER  BY next_attempt_at
            LIMIT  @rows
            """, new { now, rows }, stop);
        return ([.. found.Distinct(StringComparer.Ordinal)], found.Count == rows);
    }

    /// <summary>Places in the order of their names that have something due, so that one with very many messages hides no other.</summary>
    /// <param name="after">The name to begin behind; empty for the beginning.</param>
    /// <param name="now">What time it is.</param>
    /// <param name="limit">Places that are looked at, at most.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns>The places, and the name to go on behind; empty at the end.</returns>
    public async Task<(IReadOnlyList<string> Destinations, string Next)> DueByNameAsync(string after, Instant now, long limit, CancellationToken stop)
    {
        // From one name to the next with a step into the index each, whatever the number of rows between them.
        var places = await db.QueryAsync<PlaceRow>("""
            WITH RECURSIVE place (name, n) AS (
                SELECT MIN(destination), 1 FROM outbound WHERE finished_at IS NULL AND destination > @after
                UNION ALL
                SELECT (SELECT MIN(destination) FROM outbound WHERE finished_at IS NULL AND destination > place.name), n + 1
                FROM   place
                WHERE  name IS NOT NULL AND n < @limit
            )
            SELECT name,
                   (SELECT MIN(next_attempt_at) FROM outbound WHERE finished_at IS NULL AND destination = place.name AND state = 'queued') AS due_at
            FROM   place
            WHERE  name IS NOT NULL
            """, new { after, limit }, stop);
        return ([.. places.Where(p => p.DueAt <= now).Select(p => p.Name)], places.Count == limit ? places[^1].Name : "");
    }

    /// <summary>
    /// Takes messages for one place that are due, and writes down that they are about to be tried: whatever happens after this is
    /// committed, nobody tries them before <paramref name="until"/>.
    /// </summary>
    public Task<IReadOnlyList<DueOutbound>> TakeAsync(string destination, Instant now, Instant until, long limit, CancellationToken stop) =>
        // The state is asked twice: PostgreSQL picks the ids before it waits for another node's lock, and looks at the row only after it.
        db.QueryAsync<DueOutbound>($"""
            UPDATE outbound
            SET    state = 'attempting', attempts = attempts + 1, next_attempt_at = @until
            WHERE  id IN (SELECT id
                          FROM   outbound
                          WHERE  destination = @destination AND state = 'queued' AND finished_at IS NULL AND next_attempt_at <= @now
                          ORDER  BY next_attempt_at
                          LIMIT  @limit)
                   AND state = 'queued'
            RETURNING {Columns}
            """, new { destination, now, until, limit }, stop);

    /// <summary>As <see cref="TakeAsync"/>, wherever they go except to some places: for a server that takes all mail.</summary>
    /// <param name="except">Whether a place is one of those.</param>
    /// <param name="now">What time it is.</param>
    /// <param name="until">Until when nobody else tries them.</param>
    /// <param name="limit">Messages at most.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<IReadOnlyList<DueOutbound>> TakeExceptAsync(
        Func<string, bool> except, Instant now, Instant until, long limit, CancellationToken stop)
    {
        // Those of other places stand between; they are few, or gone at the next turn.
        var due = await db.QueryAsync<IdRow>("""
            SELECT id, destination
            FROM   outbound
            WHERE  state = 'queued' AND next_attempt_at <= @now
            ORDER  BY next_attempt_at
            LIMIT  @limit
            """, new { now, limit = limit * 4 }, stop);
        var ids = due.Where(d => !except(d.Destination)).Take((int)limit).Select(d => d.Id).ToArray();
        return ids.Length == 0
            ? []
            : await db.QueryAsync<DueOutbound>($"""
                UPDATE outbound
                SET    state = 'attempting', attempts = attempts + 1, next_attempt_at = @until
                WHERE  {db.IsAnyOf("id", "ids")} AND state = 'queued'
                RETURNING {Columns}
                """, new { ids, until }, stop);
    }

    /// <summary>Writes down what became of attempts.</summary>
    public Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, Instant now, CancellationToken stop) =>
        db.ExecuteManyAsync("""
            UPDATE outbound
            SET    state = $1, last_reply = COALESCE($2, last_reply), next_attempt_at = COALESCE($3, next_attempt_at),
                   attempts = attempts - $4, finished_at = $5, outcome_read_at = $6
            WHERE  id = $7 AND state = 'attempting'
            """,
            outcomes,
            o =>
            [
                o.State, o.Reply, o.NextAttemptAt, o.Attempted ? 0L : 1L, o.NextAttemptAt is null ? now : null,
                o.NextAttemptAt is null && o.OwnerIsTold ? now : null, o.Id,
            ],
            stop);

    /// <summary>
    /// Messages of the program itself that were being sent when it ended. Whether they arrived cannot be known, so they are not sent
    /// again by themselves.
    /// </summary>
    /// <returns>How many.</returns>
    public Task<int> DoubtInterruptedAsync(Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'in-doubt', last_reply = 'The program ended while this was being sent.', finished_at = @now
            WHERE  state = 'attempting' AND purpose NOT IN ('submission', 'delivery-status')
            """, new { now }, stop);

    /// <summary>Customers' messages that were being sent when the only program ended: they are tried again, but not at once (RFC 1047).</summary>
    /// <returns>How many.</returns>
    public Task<int> ResumeInterruptedAsync(Instant nextAttemptAt, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'queued', next_attempt_at = @nextAttemptAt
            WHERE  state = 'attempting' AND purpose IN ('submission', 'delivery-status')
            """, new { nextAttemptAt }, stop);

    /// <summary>Customers' messages that nobody sends any more, because the node that took them has gone.</summary>
    /// <returns>How many.</returns>
    public Task<int> ResumeAbandonedAsync(Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'queued'
            WHERE  state = 'attempting' AND next_attempt_at <= @now AND purpose IN ('submission', 'delivery-status')
            """, new { now }, stop);

    /// <summary>Customers' messages that have waited long, and whose senders have not heard so, oldest first.</summary>
    public Task<IReadOnlyList<DueOutbound>> LateAsync(Instant queuedBefore, long limit, CancellationToken stop) =>
        db.QueryAsync<DueOutbound>($"""
            SELECT {Columns}
            FROM   outbound
            WHERE  purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held' AND delay_told_at IS NULL
                   AND queued_at <= @queuedBefore
            ORDER  BY queued_at
            LIMIT  @limit
            """, new { queuedBefore, limit }, stop);

    /// <summary>The sender has been told that it takes long, or need not be.</summary>
    public Task DelayToldAsync(IReadOnlyList<long> ids, Instant now, CancellationToken stop) =>
        db.ExecuteManyAsync("UPDATE outbound SET delay_told_at = $1 WHERE id = $2 AND delay_told_at IS NULL", ids, id => [now, id], stop);

    /// <summary>
    /// Takes customers' messages that have waited too long, oldest first, so that nobody tries them while their senders are told. What
    /// became of them is written down with <see cref="RecordAsync"/>.
    /// </summary>
    public Task<IReadOnlyList<DueOutbound>> TakeExpiredAsync(Instant queuedBefore, Instant until, long limit, CancellationToken stop) =>
        db.QueryAsync<DueOutbound>($"""
            UPDATE outbound
            SET    state = 'attempting', next_attempt_at = @until
            WHERE  id IN (SELECT id
                          FROM   outbound
                          WHERE  purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held'
                                 AND delay_told_at IS NOT NULL AND queued_at <= @queuedBefore AND state = 'queued'
                          ORDER  BY queued_at
                          LIMIT  @limit)
                   AND state = 'queued'
            RETURNING {Columns}
            """, new { queuedBefore, until, limit }, stop);

    /// <summary>Where a message came from that a customer handed in; <see langword="null"/> when there is no such submission.</summary>
    public Task<SubmissionOrigin?> OriginAsync(long submission, CancellationToken stop) =>
        db.SingleOrDefaultAsync<SubmissionOrigin>("""
            SELECT client_address, helo, tls
            FROM   submission
            WHERE  id = @submission
            """, new { submission }, stop);

    /// <summary>How many messages wait, and how many of them are due.</summary>
    public async Task<(long Waiting, long Due)> CountAsync(Instant now, CancellationToken stop) =>
        (await db.SingleAsync<long>("SELECT COUNT(*) FROM outbound WHERE state = 'queued'", null, stop),
            await db.SingleAsync<long>("SELECT COUNT(*) FROM outbound WHERE state = 'queued' AND next_attempt_at <= @now", new { now }, stop));

    /// <summary>Of these segments, those that hold a message that is not done with.</summary>
    public async Task<IReadOnlySet<SegmentId>> InUseAsync(IReadOnlyList<SegmentId> segments, CancellationToken stop)
    {
        var used = new HashSet<SegmentId>();
        foreach (var segment in segments)
        {
            if (await db.SingleOrDefaultAsync<long?>(
                "SELECT 1 FROM outbound WHERE segment = @segment AND finished_at IS NULL LIMIT 1", new { segment = segment.Value }, stop) is not null)
                used.Add(segment);
        }

        return used;
    }

    /// <summary>Deletes customers' messages that ended before a moment.</summary>
    /// <returns>How many; call again when it is <paramref name="limit"/>.</returns>
    public Task<int> DeleteFinishedAsync(Instant before, long limit, CancellationToken stop) =>
        db.ExecuteAsync("""
            DELETE FROM outbound
            WHERE  id IN (SELECT id
                          FROM   outbound
                          WHERE  purpose IN ('submission', 'delivery-status') AND finished_at IS NOT NULL AND finished_at < @before
                          ORDER  BY finished_at
                          LIMIT  @limit)
            """, new { before, limit }, stop);

    private sealed record PlaceRow
    {
        public required string Name { get; init; }

        public Instant? DueAt { get; init; }
    }

    private sealed record IdRow
    {
        public required long Id { get; init; }

        public required string Destination { get; init; }
    }
}

/// <summary>Where a message came from that a customer handed in.</summary>
public sealed record SubmissionOrigin
{
    /// <summary>The client.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>How it called itself.</summary>
    public required string Helo { get; init; }

    /// <summary>TLS version and cipher; <see langword="null"/> for a plain connection.</summary>
    public string? Tls { get; init; }
}
