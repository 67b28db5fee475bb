using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Reports that have their outcome, to be read again by a better reader.</summary>
public sealed class ReparseStore(DbSession db)
{
    /// <summary>Reports that have their outcome, oldest first, with their bytes.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Those with larger ids only.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="bytes">No further one once they are this many bytes together; at least one comes back, however large.</param>
    /// <param name="stop">Stops the wait.</param>
    public Task<IReadOnlyList<KeptReport>> ConcludedAsync(
        ReparseFilter filter, ReportId after, long limit, long bytes, CancellationToken stop)
    {
        var conditions = new List<string> { "state <> 'received'", "id > @after" };
        if (filter.Id is not null)
            conditions.Add("id = @id");
        if (filter.Since is not null)
            conditions.Add("received_at >= @since");
        if (filter.Outcome is not null)
            conditions.Add("outcome = @outcome");
        return db.QueryAsync<KeptReport>($"""
            SELECT id, channel, state, outcome, format, raw
            FROM   report
            WHERE  id IN (
                SELECT id
                FROM   (SELECT id, SUM(size) OVER (ORDER BY id) - size AS before
                        FROM   (SELECT id, size FROM report WHERE {string.Join(" AND ", conditions)} ORDER BY id LIMIT @limit) AS chosen) AS sized
                WHERE  before < @bytes)
            ORDER  BY id
            """, new { id = filter.Id, since = filter.Since, outcome = filter.Outcome, after, limit, bytes }, stop);
    }

    /// <summary>Observations of these reports, by report.</summary>
    public async Task<ILookup<ReportId, EventRow>> EventsAsync(IReadOnlyCollection<ReportId> reports, CancellationToken stop) =>
        (await db.QueryAsync<EventRow>($"""
            SELECT *
            FROM   event
            WHERE  {db.IsAnyOf("report_id", "reports")}
            ORDER  BY id
            """, new { reports = reports.Select(r => r.Value).ToArray() }, stop)).ToLookup(e => e.ReportId);

    /// <summary>
    /// Makes reports new work for the intake, as if they had just arrived; what was read out of them before goes. Only those that wait
    /// for a person and made no case: the others are left as they are.
    /// </summary>
    /// <returns>Those that were.</returns>
    public async Task<IReadOnlyList<ReportId>> ReturnAsync(IReadOnlyCollection<ReportId> reports, CancellationToken stop)
    {
        var ids = reports.Select(r => r.Value).ToArray();
        // A report counts for its reporter when it gets its outcome, and it will get another one.
        await db.ExecuteAsync($"""
            UPDATE reporter
            SET    reports = reports - (SELECT COUNT(*) FROM report r WHERE r.reporter_id = reporter.id AND {db.IsAnyOf("r.id", "ids")} AND {Returnable("r")})
            WHERE  id IN (SELECT r.reporter_id FROM report r WHERE {db.IsAnyOf("r.id", "ids")} AND {Returnable("r")})
            """, new { ids }, stop);
        var returned = await db.QueryAsync<ReportId>($"""
            UPDATE report
            SET    state = 'received', outcome = NULL, outcome_detail = NULL, format = NULL, reporter_id = NULL, processed_at = NULL
            WHERE  {db.IsAnyOf("id", "ids")} AND {Returnable("report")}
            RETURNING id
            """, new { ids }, stop);
        await db.ExecuteAsync($"""
            DELETE FROM event
            WHERE  {db.IsAnyOf("report_id", "ids")}
            """, new { ids = returned.Select(r => r.Value).ToArray() }, stop);
        return returned;
    }

    private static string Returnable(string report) =>
        $"{report}.state = 'needs-person' AND NOT EXISTS (SELECT 1 FROM event e WHERE e.report_id = {report}.id AND e.case_id IS NOT NULL)";
}

/// <summary>Which reports are read again; all when nothing is stated.</summary>
public sealed record ReparseFilter
{
    /// <summary>This one only.</summary>
    public ReportId? Id { get; init; }

    /// <summary>Those that arrived at this time or later.</summary>
    public Instant? Since { get; init; }

    /// <summary>Those of which this became.</summary>
    public ReportOutcome? Outcome { get; init; }
}

/// <summary>A report that has its outcome, with its bytes.</summary>
public sealed record KeptReport
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>How it came.</summary>
    public required ReportChannel Channel { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReportState State { get; init; }

    /// <summary>What became of it.</summary>
    public ReportOutcome? Outcome { get; init; }

    /// <summary>The format it was read as.</summary>
    public string? Format { get; init; }

    /// <summary>The bytes.</summary>
    public required byte[] Raw { get; init; }
}
