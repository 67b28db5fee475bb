using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Rows of the hand-over table <c>outbound</c>: messages to send, and what became of each.</summary>
public sealed class OutboundStore(DbSession db)
{
    /// <summary>Hands messages over for sending.</summary>
    public Task AddAsync(IReadOnlyList<NewOutbound> messages, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO outbound (id, purpose, subject_id, envelope_from, recipient, destination, message, state, attempts, created_at, next_attempt_at)
            """,
            messages,
            m => [m.Id, m.Purpose, m.SubjectId, m.EnvelopeFrom, m.Recipient, DestinationOf(m.Recipient), m.Message, OutboundState.Queued, 0L, m.CreatedAt, m.CreatedAt],
            stop);

    /// <summary>
    /// Takes messages that are due and writes down that they are about to be tried: whatever happens after this is committed, none of
    /// them is tried again as if nothing had been sent.
    /// </summary>
    public async Task<IReadOnlyList<DueOutbound>> TakeDueAsync(Instant now, long limit, CancellationToken stop) =>
        // The state is asked twice: PostgreSQL picks the ids before it waits for another node's lock, and looks at the row only after it.
        [.. (await db.QueryAsync<DueOutbound>("""
            UPDATE outbound
            SET    state = 'attempting', attempts = attempts + 1
            WHERE  id IN (SELECT id FROM outbound WHERE state = 'queued' AND next_attempt_at <= @now ORDER BY next_attempt_at, id LIMIT @limit)
                   AND state = 'queued'
            RETURNING id, purpose, subject_id, envelope_from, recipient, message, attempts, created_at
            """, new { now, limit }, stop)).OrderBy(o => o.Id)];

    /// <summary>A remote server took responsibility, or refused for good, or the sending was given up.</summary>
    public Task FinishAsync(long id, OutboundState state, string reply, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = @state, last_reply = @reply, finished_at = @now
            WHERE  id = @id AND state = 'attempting'
            """, new { id, state, reply, now }, stop);

    /// <summary>It did not work this time.</summary>
    public Task RetryAsync(long id, string reply, Instant nextAttemptAt, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'queued', last_reply = @reply, next_attempt_at = @nextAttemptAt
            WHERE  id = @id AND state = 'attempting'
            """, new { id, reply, nextAttemptAt }, stop);

    /// <summary>
    /// Called once at start: messages that were being sent when the program ended. Whether they arrived cannot be known, so they are
    /// not sent again by themselves.
    /// </summary>
    /// <returns>How many.</returns>
    public Task<int> DoubtInterruptedAsync(Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'in-doubt', last_reply = 'The program ended while this was being sent.', finished_at = @now
            WHERE  state = 'attempting'
            """, new { now }, stop);

    /// <summary>A delivery status notification came back for a message that had been accepted.</summary>
    /// <returns><see langword="false"/> when there is no such message, or it was returned before.</returns>
    public async Task<bool> ReturnedAsync(long id, string reason, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE outbound
            SET    state = 'returned', last_reply = @reason, finished_at = @now, outcome_read_at = NULL
            WHERE  id = @id AND state = 'accepted'
            """, new { id, reason, now }, stop) == 1;

    /// <summary>Messages of one purpose that ended and whose owner has not noticed, oldest first.</summary>
    public Task<IReadOnlyList<OutboundOutcome>> UnreadOutcomesAsync(OutboundPurpose purpose, long limit, CancellationToken stop) =>
        db.QueryAsync<OutboundOutcome>("""
            SELECT id, subject_id, recipient, state, last_reply, finished_at
            FROM   outbound
            WHERE  finished_at IS NOT NULL AND outcome_read_at IS NULL AND purpose = @purpose
            ORDER  BY id
            LIMIT  @limit
            """, new { purpose, limit }, stop);

    /// <summary>The owner has taken the outcome in.</summary>
    public Task OutcomeReadAsync(long id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE outbound
            SET    outcome_read_at = @now
            WHERE  id = @id
            """, new { id, now }, stop);

    // What stands behind the last @, in the form in which all mail for the same place is found together.
    private static string DestinationOf(string recipient) => recipient[(recipient.LastIndexOf('@') + 1)..].TrimEnd('.').ToLowerInvariant();
}

/// <summary>Why a message is sent.</summary>
public enum OutboundPurpose
{
    /// <summary>A notice to a customer; the subject is <c>notice.id</c>.</summary>
    Notice,

    /// <summary>An answer to a reporter; the subject is <c>report.id</c>.</summary>
    Answer,

    /// <summary>A forgotten registration number; the subject is <c>customer.id</c>.</summary>
    RegistrationNumber,

    /// <summary>A notice about a mailbox (C9); the subject is <c>mailbox.id</c>.</summary>
    Mailbox,

    /// <summary>A report on TLS to another domain (RFC 8460); the subject is the row itself.</summary>
    TlsReport,
}

/// <summary>Where a message stands.</summary>
public enum OutboundState
{
    /// <summary>It waits for its next attempt.</summary>
    Queued,

    /// <summary>It is being sent.</summary>
    Attempting,

    /// <summary>A remote server took responsibility.</summary>
    Accepted,

    /// <summary>Refused for good, or given up.</summary>
    Failed,

    /// <summary>Accepted first, and returned later.</summary>
    Returned,

    /// <summary>The program ended while it was being sent.</summary>
    InDoubt,
}

/// <summary>A message to send.</summary>
public sealed record NewOutbound
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required long Id { get; init; }

    /// <summary>Why it is sent.</summary>
    public required OutboundPurpose Purpose { get; init; }

    /// <summary>Whose it is; see <see cref="OutboundPurpose"/>.</summary>
    public required long SubjectId { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>Envelope recipient, one.</summary>
    public required string Recipient { get; init; }

    /// <summary>The message with CRLF line ends.</summary>
    public required byte[] Message { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant CreatedAt { get; init; }
}

/// <summary>A message that is to be sent now.</summary>
public sealed record DueOutbound
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Why it is sent.</summary>
    public required OutboundPurpose Purpose { get; init; }

    /// <summary>Whose it is.</summary>
    public required long SubjectId { get; init; }

    /// <summary>Envelope sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>Envelope recipient.</summary>
    public required string Recipient { get; init; }

    /// <summary>The message.</summary>
    public required byte[] Message { get; init; }

    /// <summary>Which attempt this is, from 1.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it was written; sending is given up some days after.</summary>
    public required Instant CreatedAt { get; init; }
}

/// <summary>How the sending of a message ended.</summary>
public sealed record OutboundOutcome
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required long SubjectId { get; init; }

    /// <summary>Envelope recipient.</summary>
    public required string Recipient { get; init; }

    /// <summary>How it ended.</summary>
    public required OutboundState State { get; init; }

    /// <summary>What the remote server, or the program, said last.</summary>
    public string? LastReply { get; init; }

    /// <summary>When.</summary>
    public required Instant FinishedAt { get; init; }
}
