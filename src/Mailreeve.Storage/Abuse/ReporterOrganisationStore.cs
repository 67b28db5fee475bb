using Mailreeve.Policy;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Domains of reporters that were proved: how their complaints were decided, and what operators think of them. Never shown to a customer.</summary>
public sealed class ReporterOrganisationStore(DbSession db)
{
    /// <summary>The organisations with these domains; those that were unknown are added, and each counts what it sent.</summary>
    /// <param name="reports">Organisational domain (lower case) and number of reports.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Rows by domain.</returns>
    public async Task<IReadOnlyDictionary<string, ReporterOrganisation>> CountAsync(
        IReadOnlyDictionary<string, long> reports, Instant now, CancellationToken stop)
    {
        if (reports.Count == 0)
            return new Dictionary<string, ReporterOrganisation>();

        // In one order everywhere, so that two nodes that count the same ones cannot wait for each other.
        var domains = reports.Keys.Order(StringComparer.Ordinal).ToArray();
        var first = await db.NextIdsAsync("reporter_organisation", domains.Length, stop);
        await db.InsertManyAsync(
            "INSERT INTO reporter_organisation (id, domain, first_seen_at, reports, valid, invalid, standing)",
            domains,
            domain => [first++, domain, now, reports[domain], 0L, 0L, ReporterStanding.Unknown],
            "ON CONFLICT (domain) DO UPDATE SET reports = reporter_organisation.reports + excluded.reports",
            stop);
        var rows = await db.QueryAsync<ReporterOrganisation>(
            $"SELECT * FROM reporter_organisation WHERE {db.IsAnyOf("domain", "domains")}", new { domains }, stop);
        return rows.ToDictionary(r => r.Domain, StringComparer.Ordinal);
    }

    /// <summary>All of them, those that sent most first.</summary>
    /// <param name="search">A part of the domain; empty for all.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<ReporterOrganisation>> ListAsync(string search, long limit, CancellationToken stop)
    {
        var pattern = $"%{search.Trim().ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%";
        return db.QueryAsync<ReporterOrganisation>("""
            SELECT *
            FROM   reporter_organisation
            WHERE  domain LIKE @pattern ESCAPE '!'
            ORDER  BY reports DESC, id
            LIMIT  @limit
            """, new { pattern, limit }, stop);
    }

    /// <summary>An operator says what to think of one.</summary>
    /// <returns><see langword="false"/> when there is none with this number.</returns>
    public async Task<bool> SetStandingAsync(long id, ReporterStanding standing, Actor by, string reason, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE reporter_organisation
            SET    standing = @standing, standing_by = @by, standing_reason = @reason
            WHERE  id = @id
            """, new { id, standing, by, reason }, stop) == 1;

    /// <summary>Moves the history of whoever sent this report: of the mailbox, and of the domain.</summary>
    /// <param name="report">A report whose complaint was decided now.</param>
    /// <param name="by">By how much.</param>
    /// <param name="stop">Stops the work.</param>
    public Task MoveAsync(ReportId report, ReporterHistory by, CancellationToken stop) =>
        MoveAsync("SELECT @report AS id", new { report, valid = by.Valid, invalid = by.Invalid }, stop);

    /// <summary>The same for all reports of a case, except those whose charge was decided: they have moved theirs.</summary>
    public Task MoveAsync(CaseId caseId, ReporterHistory by, CancellationToken stop) =>
        MoveAsync("""
            SELECT DISTINCT report_id AS id
            FROM   event
            WHERE  case_id = @caseId
            AND    report_id NOT IN (SELECT report_id FROM charge WHERE case_id = @caseId AND state <> 'proposed')
            """, new { caseId, valid = by.Valid, invalid = by.Invalid }, stop);

    // Only what is proved makes a history: otherwise anybody could spoil another's name.
    private async Task MoveAsync(string reports, object values, CancellationToken stop)
    {
        await db.ExecuteAsync($"""
            UPDATE reporter
            SET    valid = valid + @valid * s.reports, invalid = invalid + @invalid * s.reports
            FROM   (SELECT r.reporter_id, COUNT(*) AS reports
                    FROM   report r
                    WHERE  r.id IN ({reports}) AND r.proof IS NOT NULL AND r.reporter_id IS NOT NULL
                    GROUP  BY r.reporter_id) AS s
            WHERE  reporter.id = s.reporter_id
            """, values, stop);
        await db.ExecuteAsync($"""
            UPDATE reporter_organisation
            SET    valid = valid + @valid * s.reports, invalid = invalid + @invalid * s.reports
            FROM   (SELECT w.organisation_id AS id, COUNT(*) AS reports
                    FROM   report r
                    JOIN   reporter w ON w.id = r.reporter_id
                    WHERE  r.id IN ({reports}) AND r.proof IS NOT NULL AND w.organisation_id IS NOT NULL
                    GROUP  BY w.organisation_id) AS s
            WHERE  reporter_organisation.id = s.id
            """, values, stop);
    }
}

/// <summary>A row of <c>reporter_organisation</c>.</summary>
public sealed record ReporterOrganisation
{
    /// <summary>Its number, 1 or more.</summary>
    public required long Id { get; init; }

    /// <summary>Organisational domain, lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>When it reported for the first time.</summary>
    public required Instant FirstSeenAt { get; init; }

    /// <summary>How many reports it sent.</summary>
    public required long Reports { get; init; }

    /// <summary>Complaints found valid.</summary>
    public required long Valid { get; init; }

    /// <summary>Complaints found invalid.</summary>
    public required long Invalid { get; init; }

    /// <summary>What operators think of it.</summary>
    public required ReporterStanding Standing { get; init; }

    /// <summary>Who said so.</summary>
    public Actor? StandingBy { get; init; }

    /// <summary>Why.</summary>
    public string? StandingReason { get; init; }

    /// <summary>How its complaints were decided.</summary>
    public ReporterHistory History => new(Valid, Invalid);
}
