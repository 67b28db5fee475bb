using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Rows of the hand-over table <c>answer</c>: what reporters are owed by mail.</summary>
public sealed class AnswerStore(DbSession db)
{
    /// <summary>Owes answers. What was owed or told before is not owed again.</summary>
    public Task AddAsync(IReadOnlyList<NewAnswer> answers, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO answer (id, recipient, report_id, kind, case_id, resource, address, wanted, message_id, due_at)",
            answers,
            a => [a.Id, a.Recipient, a.ReportId, a.Kind, a.CaseId, a.Resource, a.Address, string.Join(',', a.Wanted), a.MessageId, a.DueAt],
            "ON CONFLICT DO NOTHING",
            stop);

    /// <summary>A case is closed: owes that to whoever complained in it, was answered before, and wants to hear. Once for a case and recipient.</summary>
    public async Task OweOutcomeAsync(CaseId id, Instant now, CancellationToken stop)
    {
        var wanted = await db.QueryAsync<WantsOutcome>("""
            SELECT   a.recipient, MIN(r.id) AS report_id, MIN(a.resource) AS resource
            FROM     event e
            JOIN     report r ON r.id = e.report_id
            JOIN     answer a ON a.report_id = r.id AND a.kind = 'received'
            WHERE    e.case_id = @id AND r.outcome_wanted_at IS NOT NULL
            GROUP BY a.recipient
            ORDER BY a.recipient
            LIMIT    10000
            """, new { id }, stop);
        if (wanted.Count == 0)
            return;
        var first = await db.NextIdsAsync("answer", wanted.Count, stop);
        await AddAsync(
            [
                .. wanted.Select((w, i) => new NewAnswer
                {
                    Id = first + i,
                    Recipient = w.Recipient,
                    ReportId = w.ReportId,
                    Kind = AnswerKind.Outcome,
                    CaseId = id,
                    Resource = w.Resource,
                    DueAt = now,
                }),
            ],
            stop);
    }

    /// <summary>Recipients to whom something is owed by now, those that have waited longest first, with when each got its last mail.</summary>
    public Task<IReadOnlyList<OwedRecipient>> OwedAsync(Instant now, long limit, CancellationToken stop) =>
        db.QueryAsync<OwedRecipient>("""
            SELECT   recipient, (SELECT MAX(written_at) FROM answer w WHERE w.recipient = a.recipient) AS last_written_at
            FROM     answer a
            WHERE    outbound_id IS NULL AND due_at <= @now
            GROUP BY recipient
            ORDER BY MIN(due_at), recipient
            LIMIT    @limit
            """, new { now, limit }, stop);

    /// <summary>What a recipient is owed, oldest first, with how each report stands now.</summary>
    public Task<IReadOnlyList<OwedAnswer>> OwedToAsync(string recipient, long limit, CancellationToken stop) =>
        db.QueryAsync<OwedAnswer>("""
            SELECT a.id, a.report_id, a.kind, a.case_id, a.resource, a.address, a.wanted, a.message_id, r.state, r.outcome, c.phase, c.disposition
            FROM   answer a
            JOIN   report r ON r.id = a.report_id
            LEFT   JOIN abuse_case c ON c.id = COALESCE(a.case_id, (SELECT MIN(e.case_id) FROM event e WHERE e.report_id = a.report_id))
            WHERE  a.recipient = @recipient AND a.outbound_id IS NULL
            ORDER  BY a.id
            LIMIT  @limit
            """, new { recipient, limit }, stop);

    /// <summary>Puts off everything that a recipient is owed.</summary>
    public Task PutOffAsync(string recipient, Instant dueAt, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE answer
            SET    due_at = @dueAt
            WHERE  recipient = @recipient AND outbound_id IS NULL AND due_at < @dueAt
            """, new { recipient, dueAt }, stop);

    /// <summary>A mail that tells all this is handed over.</summary>
    /// <returns><see langword="false"/> when another has told some of it meanwhile: nothing must then be sent.</returns>
    public async Task<bool> TryWrittenAsync(IReadOnlyList<long> ids, long outbound, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync($"""
            UPDATE answer
            SET    outbound_id = @outbound, written_at = @now
            WHERE  {db.IsAnyOf("id", "ids")} AND outbound_id IS NULL
            """, new { ids = ids.ToArray(), outbound, now }, stop) == ids.Count;

    /// <summary>What became of a report, for its reporter; null when there is none.</summary>
    public Task<ReportProgressRow?> ProgressAsync(ReportId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<ReportProgressRow>("""
            SELECT r.id, r.received_at, r.channel, r.state, r.outcome, r.outcome_wanted_at,
                   (SELECT COUNT(*) FROM answer a WHERE a.report_id = r.id AND a.kind = 'needs-facts') AS asked,
                   (SELECT COUNT(*) FROM answer a WHERE a.report_id = r.id AND a.kind = 'received') AS reachable,
                   (SELECT COUNT(*) FROM decision d WHERE d.case_id = c.id AND d.state = 'asked') AS questions,
                   c.phase, c.disposition
            FROM   report r
            LEFT   JOIN abuse_case c ON c.id = (SELECT MIN(e.case_id) FROM event e WHERE e.report_id = r.id)
            WHERE  r.id = @id
            """, new { id }, stop);

    /// <summary>A reporter wants to hear how it ends.</summary>
    public Task WantOutcomeAsync(ReportId id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("UPDATE report SET outcome_wanted_at = @now WHERE id = @id AND outcome_wanted_at IS NULL", new { id, now }, stop);

    /// <summary>A mail belongs to a report: it answers what we wrote about that.</summary>
    public Task JoinAsync(ReportId id, ReportId earlier, CancellationToken stop) =>
        db.ExecuteAsync("UPDATE report SET answer_to = @earlier WHERE id = @id", new { id, earlier }, stop);

    /// <summary>The report to which a mail belongs, when it answers what we wrote about one.</summary>
    public async Task<ReportId?> JoinedToAsync(ReportId id, CancellationToken stop) =>
        await db.SingleOrDefaultAsync<long?>("SELECT answer_to FROM report WHERE id = @id", new { id }, stop) is { } earlier ? new ReportId(earlier) : null;

    private sealed record WantsOutcome
    {
        public required string Recipient { get; init; }

        public required ReportId ReportId { get; init; }

        public required string Resource { get; init; }
    }
}

/// <summary>An answer that is owed.</summary>
public sealed record NewAnswer
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The mailbox, as in the envelope of the report, in lower case.</summary>
    public required string Recipient { get; init; }

    /// <summary>The report.</summary>
    public required ReportId ReportId { get; init; }

    /// <summary>What is told.</summary>
    public required AnswerKind Kind { get; init; }

    /// <summary>The case that ended.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>What the report is about, in a few characters.</summary>
    public required string Resource { get; init; }

    /// <summary>The address that is not ours, so that its registry can be asked.</summary>
    public Address? Address { get; init; }

    /// <summary>What is asked for.</summary>
    public IReadOnlyList<MissingFact> Wanted { get; init; } = [];

    /// <summary>Message-ID of the report, without angle brackets, to thread the answer; null when it has none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Not before.</summary>
    public required Instant DueAt { get; init; }
}

/// <summary>A recipient to whom something is owed.</summary>
public sealed record OwedRecipient
{
    /// <summary>The mailbox.</summary>
    public required string Recipient { get; init; }

    /// <summary>When its last mail was written; null for never.</summary>
    public Instant? LastWrittenAt { get; init; }
}

/// <summary>An answer that is owed, and how its report stands.</summary>
public sealed record OwedAnswer
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>The report.</summary>
    public required ReportId ReportId { get; init; }

    /// <summary>What is told.</summary>
    public required AnswerKind Kind { get; init; }

    /// <summary>The case that ended.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>What the report is about.</summary>
    public required string Resource { get; init; }

    /// <summary>The address that is not ours.</summary>
    public Address? Address { get; init; }

    /// <summary>What is asked for: names of <see cref="MissingFact"/>, comma-separated.</summary>
    public required string Wanted { get; init; }

    /// <summary>Message-ID of the report; null when it has none, or when it is told how its case ended.</summary>
    public string? MessageId { get; init; }

    /// <summary>Where the report stands.</summary>
    public required ReportState State { get; init; }

    /// <summary>What became of it.</summary>
    public ReportOutcome? Outcome { get; init; }

    /// <summary>Where its case stands.</summary>
    public CasePhase? Phase { get; init; }

    /// <summary>How its case ended.</summary>
    public CaseDisposition? Disposition { get; init; }
}

/// <summary>How a report stands, without anything of what is in it.</summary>
public sealed record ReportProgressRow
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>When it arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>How it came.</summary>
    public required ReportChannel Channel { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReportState State { get; init; }

    /// <summary>What became of it.</summary>
    public ReportOutcome? Outcome { get; init; }

    /// <summary>Since when its reporter wants to hear how it ends.</summary>
    public Instant? OutcomeWantedAt { get; init; }

    /// <summary>1 when the reporter was asked for what it lacks.</summary>
    public required long Asked { get; init; }

    /// <summary>1 when its reporter can be written to.</summary>
    public required long Reachable { get; init; }

    /// <summary>Questions about its case that wait for a person.</summary>
    public required long Questions { get; init; }

    /// <summary>Where its case stands; null when it made none.</summary>
    public CasePhase? Phase { get; init; }

    /// <summary>How its case ended.</summary>
    public CaseDisposition? Disposition { get; init; }
}
