using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>What customers answer (C4, D3).</summary>
public sealed class ResponseStore(DbSession db)
{
    /// <summary>Keeps an answer.</summary>
    public Task AddAsync(ResponseId id, CaseId caseId, Actor actor, string resolution, string prevention, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO response (id, case_id, at, actor, resolution, prevention, state)
            VALUES (@id, @caseId, @now, @actor, @resolution, @prevention, 'in-review')
            """, new { id, caseId, now, actor, resolution, prevention }, stop);

    /// <summary>Answers to a case, oldest first.</summary>
    public Task<IReadOnlyList<ResponseRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<ResponseRow>("""
            SELECT *
            FROM   response
            WHERE  case_id = @id
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>Answers that wait for an operator, oldest first.</summary>
    public Task<IReadOnlyList<ResponseRow>> InReviewAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<ResponseRow>("""
            SELECT *
            FROM   response
            WHERE  state = 'in-review'
            ORDER  BY at, id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Writes down what an operator, or a newer answer, made of it.</summary>
    public Task DecideAsync(ResponseId id, ResponseState state, Actor by, string reason, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE response
            SET    state = @state, decided_at = @now, decided_by = @by, reason = @reason
            WHERE  id = @id AND state = 'in-review'
            """, new { id, state, by, reason, now }, stop);
}

/// <summary>Where an answer stands.</summary>
public enum ResponseState
{
    /// <summary>It waits for an operator.</summary>
    InReview,

    /// <summary>The operator is convinced.</summary>
    Accepted,

    /// <summary>The operator is not.</summary>
    Refused,

    /// <summary>The customer sent a newer one.</summary>
    Superseded,
}

/// <summary>A row of <c>response</c>.</summary>
public sealed record ResponseRow
{
    /// <summary>Its id.</summary>
    public required ResponseId Id { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>When it was given.</summary>
    public required Instant At { get; init; }

    /// <summary>By whom.</summary>
    public required Actor Actor { get; init; }

    /// <summary>What was resolved.</summary>
    public required string Resolution { get; init; }

    /// <summary>What prevents it from happening again.</summary>
    public required string Prevention { get; init; }

    /// <summary>Where it stands.</summary>
    public required ResponseState State { get; init; }

    /// <summary>When it was decided.</summary>
    public Instant? DecidedAt { get; init; }

    /// <summary>By whom.</summary>
    public Actor? DecidedBy { get; init; }

    /// <summary>Why so.</summary>
    public string? Reason { get; init; }
}
