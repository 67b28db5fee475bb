using Mailreeve.Protocols.TlsPolicy;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>How TLS went with the hosts of each domain, by days, until the day's report is written (RFC 8460).</summary>
public sealed class TlsResultStore(DbSession db)
{
    /// <summary>Adds to what was counted before.</summary>
    public Task AddAsync(IReadOnlyList<TlsResultRow> counted, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO tls_result (day, domain, policy_type, policy, hosts, finding, host, address, source, sessions, attempts, due_at)
            """,
            counted,
            r => [r.Day, r.Domain, r.PolicyType, r.Policy, r.Hosts, r.Finding, r.Host, r.Address, r.Source, r.Sessions, 0L, r.DueAt],
            """
            ON CONFLICT (day, domain, policy_type, policy, finding, host, address, source)
            DO UPDATE SET sessions = tls_result.sessions + excluded.sessions
            """,
            stop);

    /// <summary>Days of domains whose report is due.</summary>
    public Task<IReadOnlyList<DueTlsReport>> DueAsync(Instant now, long limit, CancellationToken stop) =>
        db.QueryAsync<DueTlsReport>("""
            SELECT   day, domain, MAX(attempts) AS attempts
            FROM     tls_result
            WHERE    due_at <= @now
            GROUP BY day, domain
            ORDER BY day, domain
            LIMIT    @limit
            """, new { now, limit }, stop);

    /// <summary>What was counted for a domain on a day.</summary>
    public Task<IReadOnlyList<TlsResultRow>> OfAsync(string day, string domain, CancellationToken stop) =>
        db.QueryAsync<TlsResultRow>("""
            SELECT day, domain, policy_type, policy, hosts, finding, host, address, source, sessions, due_at
            FROM   tls_result
            WHERE  day = @day AND domain = @domain
            ORDER  BY policy_type, policy, finding, host, address, source
            LIMIT  10000
            """, new { day, domain }, stop);

    /// <summary>The report could not be handed over.</summary>
    public Task PostponeAsync(string day, string domain, Instant dueAt, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE tls_result
            SET    attempts = attempts + 1, due_at = @dueAt
            WHERE  day = @day AND domain = @domain
            """, new { day, domain, dueAt }, stop);

    /// <summary>The report is on its way, or nobody wants one.</summary>
    /// <returns>How many rows it was.</returns>
    public Task<int> RemoveAsync(string day, string domain, CancellationToken stop) =>
        db.ExecuteAsync("""
            DELETE FROM tls_result
            WHERE  day = @day AND domain = @domain
            """, new { day, domain }, stop);
}

/// <summary>A day of a domain whose report is due.</summary>
public sealed record DueTlsReport
{
    /// <summary>The day, as in <c>2026-03-05</c>; it begins and ends at midnight UTC.</summary>
    public required string Day { get; init; }

    /// <summary>The domain.</summary>
    public required string Domain { get; init; }

    /// <summary>How often it was tried.</summary>
    public required long Attempts { get; init; }
}

/// <summary>Sessions that went the same way.</summary>
public sealed record TlsResultRow
{
    /// <summary>The day, as in <c>2026-03-05</c>.</summary>
    public required string Day { get; init; }

    /// <summary>The domain of the recipients.</summary>
    public required string Domain { get; init; }

    /// <summary>Which kind of policy was kept to.</summary>
    public required TlsPolicyType PolicyType { get; init; }

    /// <summary>The policy as the report says it, one string a line.</summary>
    public required string Policy { get; init; }

    /// <summary>The mail hosts that it is for, one a line.</summary>
    public required string Hosts { get; init; }

    /// <summary>What was wrong, in the words of RFC 8460 §4.3; empty where nothing was.</summary>
    public required string Finding { get; init; }

    /// <summary>The host; empty where nothing was wrong.</summary>
    public required string Host { get; init; }

    /// <summary>Its address; empty where nothing was wrong.</summary>
    public required string Address { get; init; }

    /// <summary>Our address; empty where nothing was wrong, or the system chose it.</summary>
    public required string Source { get; init; }

    /// <summary>How many sessions.</summary>
    public required long Sessions { get; init; }

    /// <summary>When the report is due.</summary>
    public required Instant DueAt { get; init; }
}
