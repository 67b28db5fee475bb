using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Rows of the hand-over table <c>notice</c>: a customer is to be told. One row for each contact that is tried.</summary>
public sealed class NoticeStore(DbSession db)
{
    /// <summary>Hands notices over.</summary>
    public Task AddAsync(IReadOnlyList<NewNotice> notices, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO notice (id, case_id, step, attempt, template, starts_clock, clause, state, written_at)",
            notices,
            n => [n.Id, n.CaseId, n.Step, n.Attempt, n.Template, n.StartsClock ? 1L : 0L, n.Clause, NoticeState.Written, n.WrittenAt],
            stop);

    /// <summary>Notices that wait to be written out and sent, oldest first.</summary>
    public Task<IReadOnlyList<NoticeRow>> WaitingAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<NoticeRow>("""
            SELECT *
            FROM   notice
            WHERE  state = 'written'
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>One notice.</summary>
    public Task<NoticeRow?> FindAsync(NoticeId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<NoticeRow>("SELECT * FROM notice WHERE id = @id", new { id }, stop);

    /// <summary>Notices of a case, oldest first.</summary>
    public Task<IReadOnlyList<NoticeRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<NoticeRow>("""
            SELECT *
            FROM   notice
            WHERE  case_id = @id
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>The notice is a message now, on its way to this contact.</summary>
    /// <returns><see langword="false"/> when it was handed over before.</returns>
    public async Task<bool> HandedOverAsync(NoticeId id, long contactId, long outboundId, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE notice
            SET    state = 'handed-over', contact_id = @contactId, outbound_id = @outboundId
            WHERE  id = @id AND state = 'written'
            """, new { id, contactId, outboundId }, stop) == 1;

    /// <summary>How it ended.</summary>
    public Task FinishAsync(NoticeId id, NoticeState state, string detail, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE notice
            SET    state = @state, detail = @detail, finished_at = @now
            WHERE  id = @id
            """, new { id, state, detail, now }, stop);
}

/// <summary>Where a notice stands.</summary>
public enum NoticeState
{
    /// <summary>It waits to be written out.</summary>
    Written,

    /// <summary>It is a message on its way.</summary>
    HandedOver,

    /// <summary>A mail server took responsibility.</summary>
    Accepted,

    /// <summary>It could not be delivered to this contact.</summary>
    Failed,

    /// <summary>It was accepted and came back later.</summary>
    Returned,

    /// <summary>The program ended while it was being sent: whether it arrived is not known.</summary>
    InDoubt,

    /// <summary>There is no contact left to try.</summary>
    NoContact,
}

/// <summary>A notice to hand over.</summary>
public sealed record NewNotice
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required NoticeId Id { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>The step of the case; one notice for a step and attempt, for ever.</summary>
    public required string Step { get; init; }

    /// <summary>Which contact it is for: the first, the second …</summary>
    public required long Attempt { get; init; }

    /// <summary>The text, a file of <c>policy/notices</c>.</summary>
    public required string Template { get; init; }

    /// <summary>Whether the time to answer begins when it is accepted.</summary>
    public required bool StartsClock { get; init; }

    /// <summary>The clause it cites.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant WrittenAt { get; init; }
}

/// <summary>A row of <c>notice</c>.</summary>
public sealed record NoticeRow
{
    /// <summary>Its id.</summary>
    public required NoticeId Id { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>The step of the case.</summary>
    public required string Step { get; init; }

    /// <summary>Which contact it is for, from 1.</summary>
    public required long Attempt { get; init; }

    /// <summary>The text.</summary>
    public required string Template { get; init; }

    /// <summary>1 when the time to answer begins with it.</summary>
    public required long StartsClock { get; init; }

    /// <summary>The clause it cites.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The contact it went to.</summary>
    public long? ContactId { get; init; }

    /// <summary>Where it stands.</summary>
    public required NoticeState State { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant WrittenAt { get; init; }

    /// <summary>When it ended.</summary>
    public Instant? FinishedAt { get; init; }

    /// <summary>The message it became.</summary>
    public long? OutboundId { get; init; }

    /// <summary>What the remote server, or the program, said.</summary>
    public string? Detail { get; init; }
}
