using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>What an operator sees of the queue, and does to it: the command line and the desk's page call the same. Who did it stands in the row.</summary>
/// <remarks>
/// Only mail of customers, and about it: the program's own messages belong to those who wrote them. What is being sent at this moment is
/// let be; ask again when it is done.
/// </remarks>
public sealed class QueueDesk(DbSession db)
{
    private const string Customers = "purpose IN ('submission', 'delivery-status') AND finished_at IS NULL";

    /// <summary>Where mail waits: a line for each destination and state, those with the most first.</summary>
    public Task<IReadOnlyList<QueueLine>> SummaryAsync(long limit, CancellationToken stop) =>
        // One walk along an index; what was said last is looked up for the lines that are shown.
        db.QueryAsync<QueueLine>("""
            SELECT destination, state, count, next_attempt_at,
                   (SELECT queued_at
                    FROM   outbound
                    WHERE  finished_at IS NULL AND destination = line.destination AND state = line.state
                    ORDER  BY next_attempt_at
                    LIMIT  1) AS waits_since,
                   (SELECT last_reply
                    FROM   outbound
                    WHERE  finished_at IS NULL AND destination = line.destination AND state = line.state
                    ORDER  BY next_attempt_at
                    LIMIT  1) AS last_reply
            FROM   (SELECT destination, state, COUNT(*) AS count, MIN(next_attempt_at) AS next_attempt_at
                    FROM   outbound
                    WHERE  finished_at IS NULL
                    GROUP  BY destination, state
                    ORDER  BY count DESC, destination, state
                    LIMIT  @limit) line
            ORDER  BY count DESC, destination, state
            """, new { limit }, stop);

    /// <summary>Messages, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Messages with larger ids only; 0 for the beginning.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the wait.</param>
    public Task<IReadOnlyList<QueueRow>> ListAsync(QueueFilter filter, long after, long limit, CancellationToken stop) =>
        db.QueryAsync<QueueRow>($"""
            SELECT id, purpose, submission_id, envelope_from, recipient, destination, state, attempts, created_at, next_attempt_at,
                   finished_at, last_reply, hold_id, source_class, acted_by, length
            FROM   outbound
            WHERE  {Condition(filter)} AND id > @After
            ORDER  BY id
            LIMIT  @Limit
            """, Parameters(filter, after, limit), stop);

    /// <summary>One message, also one that is done with; <see langword="null"/> when there is none.</summary>
    public Task<QueueRow?> FindAsync(long id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<QueueRow>("""
            SELECT id, purpose, submission_id, envelope_from, recipient, destination, state, attempts, created_at, next_attempt_at,
                   finished_at, last_reply, hold_id, source_class, acted_by, length
            FROM   outbound
            WHERE  id = @id
            """, new { id }, stop);

    /// <summary>How many messages these are.</summary>
    public Task<long> CountAsync(QueueFilter filter, CancellationToken stop) =>
        db.SingleAsync<long>($"SELECT COUNT(*) FROM outbound WHERE {Condition(filter)}", Parameters(filter, 0, 0), stop);

    /// <summary>Keeps messages back that wait.</summary>
    /// <returns>How many.</returns>
    public Task<int> HoldAsync(QueueFilter filter, Actor by, CancellationToken stop) =>
        ChangeAsync(filter, "state = 'held'", "state = 'queued'", by, default, stop);

    /// <summary>Lets messages go that were held. Their waiting counts from now.</summary>
    /// <returns>How many.</returns>
    public Task<int> ReleaseAsync(QueueFilter filter, Actor by, Instant now, CancellationToken stop) =>
        ChangeAsync(filter, "state = 'queued', next_attempt_at = @Now, queued_at = @Now, delay_told_at = NULL", "state = 'held'", by, now, stop);

    /// <summary>Tries messages now that wait for their time.</summary>
    /// <returns>How many.</returns>
    public Task<int> RetryAsync(QueueFilter filter, Actor by, Instant now, CancellationToken stop) =>
        ChangeAsync(filter, "next_attempt_at = @Now", "state = 'queued' AND next_attempt_at > @Now", by, now, stop);

    /// <summary>Takes messages out of the queue.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="tell">Whether their senders hear of it: then they fail as soon as the program has told them.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="now">What time it is.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns>How many.</returns>
    public Task<int> DropAsync(QueueFilter filter, bool tell, Actor by, Instant now, CancellationToken stop) => tell
        // Given up by the clerk who also writes to the sender; nobody tries them until then.
        ? ChangeAsync(
            filter, $"state = 'queued', queued_at = {OverLong}, delay_told_at = @Now, next_attempt_at = {Never}, last_reply = '{DroppedReply}'",
            "state IN ('queued', 'held')", by, now, stop)
        : ChangeAsync(
            filter, "state = 'dropped', finished_at = @Now, outcome_read_at = @Now", "state IN ('queued', 'held')", by, now, stop);

    /// <summary>What the sender of a message reads that was dropped.</summary>
    public const string DroppedReply = "550 5.7.1 The provider took this message out of the queue";

    private const string OverLong = "0";
    private const string Never = "253402300799000";

    private Task<int> ChangeAsync(QueueFilter filter, string change, string from, Actor by, Instant now, CancellationToken stop)
    {
        var parameters = Parameters(filter, 0, 0) with { By = by, Now = now };
        return db.ExecuteAsync($"UPDATE outbound SET {change}, acted_by = @By WHERE {Condition(filter)} AND {from}", parameters, stop);
    }

    // Each condition that is asked for and no other, so that the index for it is used.
    private string Condition(QueueFilter filter)
    {
        var conditions = new List<string> { Customers };
        if (filter.Ids is not null)
            conditions.Add(db.IsAnyOf("id", "Ids"));
        if (filter.Submission is not null)
            conditions.Add("submission_id = @Submission");
        if (filter.Sender is not null)
            conditions.Add("envelope_from = @Sender");
        if (filter.Destination is not null)
            conditions.Add("destination = @Destination");
        if (filter.Hold is not null)
            conditions.Add("hold_id = @Hold");
        if (filter.State is not null)
            conditions.Add("state = @State");
        return string.Join(" AND ", conditions);
    }

    private static Values Parameters(QueueFilter filter, long after, long limit) => new()
    {
        Ids = [.. filter.Ids ?? []],
        Submission = filter.Submission,
        Sender = filter.Sender,
        Destination = filter.Destination?.TrimEnd('.').ToLowerInvariant(),
        Hold = filter.Hold,
        State = filter.State,
        After = after,
        Limit = limit,
    };

    private sealed record Values
    {
        public long[] Ids { get; init; } = [];

        public long? Submission { get; init; }

        public string? Sender { get; init; }

        public string? Destination { get; init; }

        public long? Hold { get; init; }

        public OutboundState? State { get; init; }

        public long After { get; init; }

        public long Limit { get; init; }

        public Actor By { get; init; }

        public Instant Now { get; init; }
    }
}

/// <summary>Which messages of the queue are meant: those for which all that is given holds.</summary>
public sealed record QueueFilter
{
    /// <summary>Ids.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The submission they came with.</summary>
    public long? Submission { get; init; }

    /// <summary>Envelope sender.</summary>
    public string? Sender { get; init; }

    /// <summary>The domain they go to.</summary>
    public string? Destination { get; init; }

    /// <summary>The hold they are under.</summary>
    public long? Hold { get; init; }

    /// <summary>Where they stand.</summary>
    public OutboundState? State { get; init; }

    /// <summary>Whether nothing is given, and all are meant.</summary>
    public bool IsAll => this == new QueueFilter();
}

/// <summary>How much waits at one place.</summary>
public sealed record QueueLine
{
    /// <summary>The domain.</summary>
    public required string Destination { get; init; }

    /// <summary>Where these messages stand.</summary>
    public required OutboundState State { get; init; }

    /// <summary>How many recipients.</summary>
    public required long Count { get; init; }

    /// <summary>When the next of them is tried.</summary>
    public required Instant NextAttemptAt { get; init; }

    /// <summary>Since when that one waits.</summary>
    public required Instant WaitsSince { get; init; }

    /// <summary>What was said last about that one.</summary>
    public string? LastReply { get; init; }
}

/// <summary>A message of the queue, for one recipient.</summary>
public sealed record QueueRow
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Why it is sent.</summary>
    public required OutboundPurpose Purpose { get; init; }

    /// <summary>The submission it came with.</summary>
    public long? SubmissionId { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>Envelope recipient.</summary>
    public required string Recipient { get; init; }

    /// <summary>The domain it goes to.</summary>
    public required string Destination { get; init; }

    /// <summary>Where it stands.</summary>
    public required OutboundState State { get; init; }

    /// <summary>Attempts there have been.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>When it is tried next.</summary>
    public required Instant NextAttemptAt { get; init; }

    /// <summary>When it ended.</summary>
    public Instant? FinishedAt { get; init; }

    /// <summary>What was said last.</summary>
    public string? LastReply { get; init; }

    /// <summary>The hold it is or was under.</summary>
    public long? HoldId { get; init; }

    /// <summary>The class of its customer.</summary>
    public string? SourceClass { get; init; }

    /// <summary>Who held, released or dropped it by hand, last.</summary>
    public string? ActedBy { get; init; }

    /// <summary>Its octets; null when they stand in the row.</summary>
    public long? Length { get; init; }
}
