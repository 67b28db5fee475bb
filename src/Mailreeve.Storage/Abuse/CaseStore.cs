using System.Collections.Immutable;
using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Cases: their events, and the row that is the projection of them.</summary>
public sealed class CaseStore(DbSession db)
{
    /// <summary><see cref="AbuseCase.IsDoubtful"/> in SQL, of the case <c>c</c>.</summary>
    internal const string IsDoubtful = "c.told = 0 AND c.trust = 'nothing' AND c.phase <> 'closed'";

    /// <summary>The case as it stands, or null.</summary>
    public async Task<AbuseCase?> FindAsync(CaseId id, CancellationToken stop) =>
        (await db.SingleOrDefaultAsync<CaseRow>("SELECT * FROM abuse_case WHERE id = @id", new { id }, stop))?.ToCase();

    /// <summary>Open cases of any of these customers about any of these resources.</summary>
    public Task<IReadOnlyList<AbuseCase>> OpenAsync(
        IReadOnlyCollection<CustomerId> customers, IReadOnlyCollection<string> resources, CancellationToken stop) =>
        AboutAsync(customers, resources, "phase <> 'closed'", since: default, stop);

    /// <summary>Open cases of a kind about this resource, whoever answers for them.</summary>
    public async Task<IReadOnlyList<AbuseCase>> OpenAboutAsync(CaseKind kind, string resource, CancellationToken stop)
    {
        var rows = await db.QueryAsync<CaseRow>("""
            SELECT *
            FROM   abuse_case
            WHERE  resource = @resource AND kind = @kind AND phase <> 'closed'
            ORDER  BY id
            """, new { kind, resource }, stop);
        return [.. rows.Select(r => r.ToCase())];
    }

    /// <summary>Resolved cases of any of these customers about any of these resources, closed since; the last closed first.</summary>
    public async Task<IReadOnlyList<AbuseCase>> ResolvedAsync(
        IReadOnlyCollection<CustomerId> customers, IReadOnlyCollection<string> resources, Instant since, CancellationToken stop)
    {
        var found = await AboutAsync(customers, resources, "closed_at > @since AND disposition = 'resolved'", since, stop);
        return [.. found.OrderByDescending(c => c.ClosedAt).ThenByDescending(c => c.Id.Value)];
    }

    // In pieces: one report may name as many as it likes.
    private async Task<IReadOnlyList<AbuseCase>> AboutAsync(
        IReadOnlyCollection<CustomerId> customers, IReadOnlyCollection<string> resources, string condition, Instant since, CancellationToken stop)
    {
        var found = new List<AbuseCase>();
        foreach (var whose in customers.Select(c => c.Value).Chunk(DbSession.ListMax))
        {
            foreach (var what in resources.Chunk(DbSession.ListMax))
            {
                var rows = await db.QueryAsync<CaseRow>($"""
                    SELECT *
                    FROM   abuse_case
                    WHERE  {db.IsAnyOf("customer_id", "customers")} AND {db.IsAnyOf("resource", "resources")} AND {condition}
                    """, new { customers = whose, resources = what, since }, stop);
                found.AddRange(rows.Select(r => r.ToCase()));
            }
        }

        return found;
    }

    /// <summary>Cases whose time to answer is over, most overdue first.</summary>
    public Task<IReadOnlyList<CaseId>> DueAsync(Instant now, long limit, CancellationToken stop) =>
        db.QueryAsync<CaseId>("""
            SELECT id
            FROM   abuse_case
            WHERE  due_at <= @now AND phase = 'awaiting-answer' AND overdue_handled_round < round
            ORDER  BY due_at, id
            LIMIT  @limit
            """, new { now, limit }, stop);

    /// <summary>Cases of a kind whose time to answer ends between the two, soonest first.</summary>
    public async Task<IReadOnlyList<AbuseCase>> DueSoonAsync(CaseKind kind, Instant from, Instant to, long limit, CancellationToken stop)
    {
        var rows = await db.QueryAsync<CaseRow>("""
            SELECT *
            FROM   abuse_case
            WHERE  due_at > @from AND due_at <= @to AND kind = @kind AND phase = 'awaiting-answer'
            ORDER  BY due_at, id
            LIMIT  @limit
            """, new { kind, from, to, limit }, stop);
        return [.. rows.Select(r => r.ToCase())];
    }

    /// <summary>Adds new cases. A second open case for the same customer, resource and type is refused by the database.</summary>
    public Task AddAsync(IReadOnlyList<AbuseCase> cases, string policyRevision, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO abuse_case (id, version, customer_id, downstream_id, kind, resource_kind, resource, type, phase, opened_at, due_at,
                                    complaints, reporters, complaints_since, answers, round, overdue_handled_round, response_id,
                                    undeliverable_step, blocks, steps_taken, open_decisions, disposition, policy_revision, trust, witnesses,
                                    confirmed, unvouched, told, answered_at, closed_at, reopenings)
            """,
            cases,
            c => [c.Id, c.Version, c.Customer, c.Downstream, c.Kind, c.Resource.Kind, c.Resource.Name, c.Type, c.Phase, c.OpenedAt, c.Due,
                  c.Complaints, c.Reporters, c.ComplaintsSinceAnswer, c.Answers, c.Round, c.OverdueHandledRound, c.Response,
                  c.UndeliverableStep, Join(c.Blocks), Join(c.StepsTaken), Join(c.OpenDecisions), c.Disposition, policyRevision, c.Trust, Join(c.Witnesses),
                  c.IsConfirmed ? 1L : 0L, c.Unvouched, c.IsTold ? 1L : 0L, c.AnsweredAt, c.ClosedAt, c.Reopenings],
            stop);

    /// <summary>Moves a case on, unless someone else has since it was read.</summary>
    /// <returns><see langword="false"/> when <paramref name="version"/> is stale: read again, decide again.</returns>
    public Task<bool> TryAdvanceAsync(AbuseCase next, long version, string policyRevision, CancellationToken stop) =>
        TryAdvanceAsync([(next, version)], policyRevision, stop);

    /// <summary>Moves cases on, unless someone else has moved one of them since it was read.</summary>
    /// <param name="cases">Each case as it is to be, and the version that was read.</param>
    /// <param name="policyRevision">The revision of the policy that was used.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns><see langword="false"/> when one is stale: the transaction must be undone.</returns>
    public async Task<bool> TryAdvanceAsync(
        IReadOnlyList<(AbuseCase Next, long Version)> cases, string policyRevision, CancellationToken stop) =>
        await db.ExecuteManyAsync("""
            UPDATE abuse_case
            SET    version = $1, phase = $2, due_at = $3, complaints = $4, reporters = $5, complaints_since = $6, answers = $7,
                   round = $8, overdue_handled_round = $9, response_id = $10, undeliverable_step = $11, blocks = $12,
                   steps_taken = $13, open_decisions = $14, disposition = $15, policy_revision = $16, trust = $17, witnesses = $18,
                   confirmed = $19, unvouched = $20, told = $21, answered_at = $22,
                   closed_at = $23, reopenings = $24
            WHERE  id = $25 AND version = $26
            """,
            cases,
            c => [c.Next.Version, c.Next.Phase, c.Next.Due, c.Next.Complaints, c.Next.Reporters, c.Next.ComplaintsSinceAnswer, c.Next.Answers,
                  c.Next.Round, c.Next.OverdueHandledRound, c.Next.Response, c.Next.UndeliverableStep, Join(c.Next.Blocks),
                  Join(c.Next.StepsTaken), Join(c.Next.OpenDecisions), c.Next.Disposition, policyRevision, c.Next.Trust, Join(c.Next.Witnesses),
                  c.Next.IsConfirmed ? 1L : 0L, c.Next.Unvouched, c.Next.IsTold ? 1L : 0L, c.Next.AnsweredAt, c.Next.ClosedAt,
                  c.Next.Reopenings, c.Next.Id, c.Version],
            stop) == cases.Count;

    /// <summary>Appends events.</summary>
    public Task AppendAsync(IReadOnlyList<CaseEventRow> events, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO case_event (case_id, seq, at, actor, clause, policy_revision, body)",
            events,
            e => [e.CaseId, e.Seq, e.At, e.Actor, e.Clause, e.PolicyRevision, e.Body],
            stop);

    /// <summary>Everything that happened to a case, in order.</summary>
    public Task<IReadOnlyList<CaseEventRow>> EventsAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<CaseEventRow>("""
            SELECT case_id, seq, at, actor, clause, policy_revision, body
            FROM   case_event
            WHERE  case_id = @id
            ORDER  BY seq
            """, new { id }, stop);

    private static string Join<T>(IEnumerable<T> values) => string.Join(' ', values);

    private sealed record CaseRow
    {
        public required CaseId Id { get; init; }

        public required long Version { get; init; }

        public required CustomerId CustomerId { get; init; }

        public CustomerId? DownstreamId { get; init; }

        public required CaseKind Kind { get; init; }

        public required ResourceKind ResourceKind { get; init; }

        public required string Resource { get; init; }

        public required string Type { get; init; }

        public required CasePhase Phase { get; init; }

        public required Instant OpenedAt { get; init; }

        public Instant? DueAt { get; init; }

        public required long Complaints { get; init; }

        public required long Reporters { get; init; }

        public required long ComplaintsSince { get; init; }

        public required long Answers { get; init; }

        public required long Round { get; init; }

        public required long OverdueHandledRound { get; init; }

        public ResponseId? ResponseId { get; init; }

        public string? UndeliverableStep { get; init; }

        public required string Blocks { get; init; }

        public required string StepsTaken { get; init; }

        public required string OpenDecisions { get; init; }

        public CaseDisposition? Disposition { get; init; }

        public required TrustLevel Trust { get; init; }

        public required string Witnesses { get; init; }

        public required long Confirmed { get; init; }

        public required long Unvouched { get; init; }

        public required long Told { get; init; }

        public Instant? AnsweredAt { get; init; }

        public Instant? ClosedAt { get; init; }

        public required long Reopenings { get; init; }

        public AbuseCase ToCase() => new()
        {
            Id = Id,
            Version = Version,
            Customer = CustomerId,
            Downstream = DownstreamId,
            Kind = Kind,
            Resource = new Resource(ResourceKind, Resource),
            Type = Type,
            Phase = Phase,
            OpenedAt = OpenedAt,
            Due = DueAt,
            Complaints = Complaints,
            Reporters = Reporters,
            ComplaintsSinceAnswer = ComplaintsSince,
            Answers = Answers,
            Round = Round,
            OverdueHandledRound = OverdueHandledRound,
            Response = ResponseId,
            UndeliverableStep = UndeliverableStep,
            Blocks = [.. Split(Blocks).Select(n => long.Parse(n, CultureInfo.InvariantCulture))],
            StepsTaken = ImmutableSortedSet.Create(StringComparer.Ordinal, Split(StepsTaken)),
            OpenDecisions = [.. Split(OpenDecisions).Select(n => long.Parse(n, CultureInfo.InvariantCulture))],
            Disposition = Disposition,
            Trust = Trust,
            Witnesses = [.. Split(Witnesses).Select(n => long.Parse(n, CultureInfo.InvariantCulture))],
            IsConfirmed = Confirmed != 0,
            Unvouched = Unvouched,
            IsTold = Told != 0,
            AnsweredAt = AnsweredAt,
            ClosedAt = ClosedAt,
            Reopenings = Reopenings,
        };

        private static string[] Split(string values) => values.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>One event of a case as stored.</summary>
public sealed record CaseEventRow
{
    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>Its place in the case, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>When it happened.</summary>
    public required Instant At { get; init; }

    /// <summary>Who did it.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The clause it rests on, if it rests on one.</summary>
    public ClauseId? Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>The event as JSON; <see cref="Happened"/> reads it.</summary>
    public required string Body { get; init; }

    /// <summary>The event.</summary>
    public CaseEvent Happened => Json.Read(Body);
}
