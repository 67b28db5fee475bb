using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Normalised observations of reports.</summary>
public sealed class EventStore(DbSession db)
{
    /// <summary>Adds observations.</summary>
    public Task AddAsync(IReadOnlyList<EventRow> events, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO event (id, report_id, case_id, type, role, address, port, url, domain, mailbox, occurred_raw, occurred_at,
                               time_confidence, verdict, verdict_detail, basis, customer_id, assignment_id, submission_id, session_id, chain, reporter_id, fingerprint, campaign_id, complainer, seen_from)
            """,
            events,
            e => [e.Id, e.ReportId, e.CaseId, e.Type, e.Role, e.Address, e.Port, e.Url, e.Domain, e.Mailbox, e.OccurredRaw, e.OccurredAt,
                  e.TimeConfidence, e.Verdict, e.VerdictDetail, e.Basis, e.CustomerId, e.AssignmentId, e.SubmissionId, e.SessionId, e.Chain, e.ReporterId, e.Fingerprint,
                  e.CampaignId, e.Complainer, e.SeenFrom],
            stop);

    /// <summary>Observations of a case, oldest first.</summary>
    public Task<IReadOnlyList<EventRow>> OfCaseAsync(CaseId id, long limit, CancellationToken stop) =>
        db.QueryAsync<EventRow>("""
            SELECT *
            FROM   event
            WHERE  case_id = @id
            ORDER  BY id
            LIMIT  @limit
            """, new { id, limit }, stop);

    /// <summary>Observations of a case, those from reports whose sender is proved first, each oldest first.</summary>
    /// <remarks>What its customer is shown: whoever forges the first complaint would otherwise choose what that is.</remarks>
    public async Task<IReadOnlyList<EventRow>> OfCaseProvedFirstAsync(CaseId id, long limit, CancellationToken stop)
    {
        var proved = await OfAsync("IS NOT NULL", limit);
        return proved.Count == limit ? proved : [.. proved, .. await OfAsync("IS NULL", limit - proved.Count)];

        Task<IReadOnlyList<EventRow>> OfAsync(string proof, long most) => db.QueryAsync<EventRow>($"""
            SELECT e.*
            FROM   event e
            JOIN   report r ON r.id = e.report_id
            WHERE  e.case_id = @id AND r.proof {proof}
            ORDER  BY e.id
            LIMIT  @most
            """, new { id, most }, stop);
    }

    /// <summary>Observations of a report in its order, a page at a time: one report may have a hundred thousand.</summary>
    /// <param name="id">The report.</param>
    /// <param name="after">The last one of the page before; the default for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<EventRow>> OfReportAsync(ReportId id, EventId after, long limit, CancellationToken stop) =>
        db.QueryAsync<EventRow>("""
            SELECT *
            FROM   event
            WHERE  report_id = @id AND id > @after
            ORDER  BY id
            LIMIT  @limit
            """, new { id, after, limit }, stop);

    /// <summary>Which of these reporters have complained in which of these cases.</summary>
    /// <remarks>Asks once for each pair, so that it takes no longer however large a case has grown.</remarks>
    public async Task<IReadOnlyList<ReporterSeen>> ReportersSeenAsync(
        IReadOnlyCollection<CaseId> cases, IReadOnlyCollection<long> reporters, CancellationToken stop)
    {
        var seen = new List<ReporterSeen>();
        if (reporters.Count == 0)
            return seen;
        foreach (var some in cases.Select(c => c.Value).Chunk(DbSession.ListMax))
        {
            seen.AddRange(await db.QueryAsync<ReporterSeen>($"""
                SELECT c.id AS case_id, r.id AS reporter_id
                FROM   abuse_case c
                CROSS  JOIN reporter r
                WHERE  {db.IsAnyOf("c.id", "cases")} AND {db.IsAnyOf("r.id", "reporters")}
                AND    EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND e.reporter_id = r.id)
                """, new { cases = some, reporters = reporters.ToArray() }, stop));
        }

        return seen;
    }

    /// <summary>Which of this evidence these reporters have brought before about what, in any case, those that are closed too.</summary>
    public async Task<IReadOnlyList<ComplaintBrought>> BroughtAsync(
        IReadOnlyCollection<long> reporters, IReadOnlyCollection<byte[]> fingerprints, CancellationToken stop)
    {
        if (reporters.Count == 0 || fingerprints.Count == 0)
            return [];
        return await db.QueryAsync<ComplaintBrought>($"""
            SELECT DISTINCT e.reporter_id, e.fingerprint, c.resource, c.type
            FROM   event e
            JOIN   abuse_case c ON c.id = e.case_id
            WHERE  {db.IsAnyOf("e.fingerprint", "fingerprints")} AND {db.IsAnyOf("e.reporter_id", "reporters")}
            """, new { reporters = reporters.ToArray(), fingerprints = fingerprints.ToArray() }, stop);
    }

    /// <summary>Which of this evidence was there before, in which of these cases and from whom.</summary>
    public async Task<IReadOnlyList<ComplaintSeen>> SeenAsync(
        IReadOnlyCollection<CaseId> cases, IReadOnlyCollection<byte[]> fingerprints, CancellationToken stop)
    {
        var seen = new List<ComplaintSeen>();
        if (fingerprints.Count == 0)
            return seen;
        foreach (var some in cases.Select(c => c.Value).Chunk(DbSession.ListMax))
        {
            seen.AddRange(await db.QueryAsync<ComplaintSeen>($"""
                SELECT DISTINCT e.case_id, e.reporter_id, e.fingerprint, CASE WHEN r.organisation_id IS NULL THEN 0 ELSE 1 END AS proved
                FROM   event e
                JOIN   reporter r ON r.id = e.reporter_id
                WHERE  {db.IsAnyOf("e.fingerprint", "fingerprints")} AND {db.IsAnyOf("e.case_id", "cases")}
                """, new { cases = some, fingerprints = fingerprints.ToArray() }, stop));
        }

        return seen;
    }
}

/// <summary>A row of <c>event</c>.</summary>
public sealed record EventRow
{
    /// <summary>Its id.</summary>
    public required EventId Id { get; init; }

    /// <summary>The report it is from.</summary>
    public required ReportId ReportId { get; init; }

    /// <summary>The case it made or joined.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What part the resource played: source, site, victim, other.</summary>
    public required string Role { get; init; }

    /// <summary>The address.</summary>
    public Address? Address { get; init; }

    /// <summary>The source port.</summary>
    public long? Port { get; init; }

    /// <summary>The URL as reported.</summary>
    public string? Url { get; init; }

    /// <summary>The domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The mailbox.</summary>
    public string? Mailbox { get; init; }

    /// <summary>The time as reported.</summary>
    public string? OccurredRaw { get; init; }

    /// <summary>The time in UTC.</summary>
    public Instant? OccurredAt { get; init; }

    /// <summary>How well the time is known.</summary>
    public required string TimeConfidence { get; init; }

    /// <summary>Whose it was: certain, bounded, ambiguous, unassigned, not-ours.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why.</summary>
    public required string VerdictDetail { get; init; }

    /// <summary>What names the customer.</summary>
    public AttributionBasis Basis { get; init; } = AttributionBasis.None;

    /// <summary>The customer whose it was; a downstream when it was one's.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>The assignment that says so.</summary>
    public long? AssignmentId { get; init; }

    /// <summary>The message in the submission log that says so.</summary>
    public long? SubmissionId { get; init; }

    /// <summary>The session, lease or logged ports that say so.</summary>
    public long? SessionId { get; init; }

    /// <summary>Numbers of the customer, its provider, … up to the direct customer at that time, separated by spaces; empty without a customer.</summary>
    public string Chain { get; init; } = "";

    /// <summary>Who alleges.</summary>
    public long? ReporterId { get; init; }

    /// <summary>Hash of the evidence: the same message reported again has the same.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>The mailing it belongs to; null for what makes no case, and for messages with too little text.</summary>
    public long? CampaignId { get; init; }

    /// <summary>Who got the message, see <see cref="CampaignStore.HashOf"/>.</summary>
    public byte[]? Complainer { get; init; }

    /// <summary>The earliest time at which it can have happened, by what the report says.</summary>
    public Instant? SeenFrom { get; init; }
}

/// <summary>Somebody has brought a piece of evidence about something.</summary>
public sealed record ComplaintBrought
{
    /// <summary>Who.</summary>
    public required long ReporterId { get; init; }

    /// <summary>What.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>About which resource.</summary>
    public required string Resource { get; init; }

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public required string Type { get; init; }
}

/// <summary>A reporter's piece of evidence that a case already has.</summary>
public sealed record ComplaintSeen
{
    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>Who.</summary>
    public required long ReporterId { get; init; }

    /// <summary>What.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>1 when it is proved who that is.</summary>
    public long Proved { get; init; }

    /// <summary>Whether it is proved who that is.</summary>
    public bool IsProved => Proved != 0;
}

/// <summary>Someone has complained in a case.</summary>
public sealed record ReporterSeen
{
    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>Who.</summary>
    public required long ReporterId { get; init; }
}
