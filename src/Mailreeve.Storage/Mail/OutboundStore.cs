using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Rows of the hand-over table <c>outbound</c>: messages to send, and what became of each.</summary>
public sealed class OutboundStore(DbSession db)
{
    /// <summary>Hands messages over for sending.</summary>
    public Task AddAsync(IReadOnlyList<NewOutbound> messages, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO outbound (id, purpose, subject_id, submission_id, envelope_from, recipient, destination, message, segment, position, length,
                                  options, state, attempts, created_at, next_attempt_at, queued_at, hold_id, source_class)
            """,
            messages,
            m =>
            [
                m.Id, m.Purpose, m.SubjectId, m.SubmissionId, m.EnvelopeFrom, m.Recipient, DestinationOf(m.Recipient),
                m.Message, m.Place?.Segment.Value, m.Place?.Offset, (long?)m.Place?.Length,
                m.Requested?.Write(), m.HoldId is null ? OutboundState.Queued : OutboundState.Held, 0L, m.CreatedAt, m.CreatedAt, m.CreatedAt, m.HoldId, m.SourceClass,
            ],
            stop);

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
    internal static string DestinationOf(string recipient) => recipient[(recipient.LastIndexOf('@') + 1)..].TrimEnd('.').ToLowerInvariant();
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

    /// <summary>That a customer's mail is held (C1); the subject is <c>sending_hold.id</c>.</summary>
    Hold,

    /// <summary>Mail that a customer handed in; the subject is <c>submission.id</c>.</summary>
    Submission,

    /// <summary>What became of a message that a customer handed in (RFC 3464); the subject is <c>submission.id</c>.</summary>
    DeliveryStatus,

    /// <summary>A report on TLS to another domain (RFC 8460); the subject is the row itself.</summary>
    TlsReport,

    /// <summary>The question whether somebody reads postmaster@ (C7); the subject is <c>customer.id</c>.</summary>
    Postmaster,
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

    /// <summary>It is kept back until a person lets it go.</summary>
    Held,

    /// <summary>A person took it out of the queue, and its sender was not told.</summary>
    Dropped,
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

    /// <summary>The message with CRLF line ends, where it stands in the row; otherwise it is at <see cref="Place"/>.</summary>
    public byte[]? Message { get; init; }

    /// <summary>Where the message lies among the queue's segments.</summary>
    public MessagePlace? Place { get; init; }

    /// <summary>The submission it came with, when a customer handed it in.</summary>
    public long? SubmissionId { get; init; }

    /// <summary>What the sender asked for; <see langword="null"/> for nothing.</summary>
    public OutboundRequest? Requested { get; init; }

    /// <summary>The hold it is under; <see langword="null"/> to send it now.</summary>
    public long? HoldId { get; init; }

    /// <summary>The class of its customer, which chooses the address it is sent from.</summary>
    public string? SourceClass { get; init; }

    /// <summary>When it was written.</summary>
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
