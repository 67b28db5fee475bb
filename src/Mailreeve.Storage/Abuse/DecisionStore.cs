using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Questions that a person must decide.</summary>
public sealed class DecisionStore(DbSession db)
{
    /// <summary>Puts questions on the desk.</summary>
    public Task AskAsync(IReadOnlyList<NewDecision> decisions, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO decision (id, case_id, step, question, why, clause, asked_at, state)",
            decisions,
            d => [d.Id, d.CaseId, d.Step, d.Question, d.Why, d.Clause, d.AskedAt, DecisionState.Asked],
            stop);

    /// <summary>One question.</summary>
    public Task<DecisionRow?> FindAsync(DecisionId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<DecisionRow>("SELECT * FROM decision WHERE id = @id", new { id }, stop);

    /// <summary>Questions of a case, oldest first.</summary>
    public Task<IReadOnlyList<DecisionRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<DecisionRow>("""
            SELECT *
            FROM   decision
            WHERE  case_id = @id
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>Questions that wait, oldest first; without those about cases that nobody vouches for, of which there may be a flood.</summary>
    public Task<IReadOnlyList<DecisionRow>> AskedAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<DecisionRow>($"""
            SELECT *
            FROM   decision
            WHERE  state = 'asked'
            AND    NOT EXISTS (SELECT 1 FROM abuse_case c WHERE c.id = decision.case_id AND {CaseStore.IsDoubtful})
            ORDER  BY asked_at, id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Writes an answer down.</summary>
    /// <returns><see langword="false"/> when it was decided before.</returns>
    public async Task<bool> DecideAsync(DecisionId id, DecisionState state, Actor by, string reason, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE decision
            SET    state = @state, decided_at = @now, decided_by = @by, reason = @reason
            WHERE  id = @id AND state = 'asked'
            """, new { id, state, by, reason, now }, stop) == 1;

    /// <summary>Withdraws the question about one step, because what it waited for has come.</summary>
    public Task WithdrawAsync(DecisionId id, string reason, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE decision
            SET    state = 'withdrawn', decided_at = @now, decided_by = 'policy', reason = @reason
            WHERE  id = @id AND state = 'asked'
            """, new { id, reason, now }, stop);

    /// <summary>The question about one step of a case that still waits; null when there is none.</summary>
    public Task<DecisionId?> AskedAboutAsync(CaseId caseId, string step, CancellationToken stop) =>
        db.SingleOrDefaultAsync<DecisionId?>("""
            SELECT id
            FROM   decision
            WHERE  case_id = @caseId AND step = @step AND state = 'asked'
            ORDER  BY id DESC
            LIMIT  1
            """, new { caseId, step }, stop);

    /// <summary>Withdraws the questions of a case that nobody needs to decide any more.</summary>
    public Task WithdrawAsync(CaseId id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE decision
            SET    state = 'withdrawn', decided_at = @now, decided_by = 'policy', reason = 'The case is closed.'
            WHERE  case_id = @id AND state = 'asked'
            """, new { id, now }, stop);
}

/// <summary>Where a question stands.</summary>
public enum DecisionState
{
    /// <summary>It waits.</summary>
    Asked,

    /// <summary>Yes.</summary>
    Accepted,

    /// <summary>No.</summary>
    Refused,

    /// <summary>It need not be decided any more.</summary>
    Withdrawn,
}

/// <summary>A question to put on the desk.</summary>
public sealed record NewDecision
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required DecisionId Id { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>The step that waits for it.</summary>
    public required string Step { get; init; }

    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>Why the program does not decide it.</summary>
    public required string Why { get; init; }

    /// <summary>The clause it is about.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>When it was asked.</summary>
    public required Instant AskedAt { get; init; }
}

/// <summary>A row of <c>decision</c>.</summary>
public sealed record DecisionRow
{
    /// <summary>Its id.</summary>
    public required DecisionId Id { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>The step that waits for it.</summary>
    public required string Step { get; init; }

    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>Why the program does not decide it.</summary>
    public required string Why { get; init; }

    /// <summary>The clause it is about.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>When it was asked.</summary>
    public required Instant AskedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required DecisionState State { get; init; }

    /// <summary>When it was decided.</summary>
    public Instant? DecidedAt { get; init; }

    /// <summary>By whom.</summary>
    public Actor? DecidedBy { get; init; }

    /// <summary>Why so.</summary>
    public string? Reason { get; init; }
}
