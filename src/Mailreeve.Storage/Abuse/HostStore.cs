using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Hosts that reports name: which are to be looked up, and where they led when they were.</summary>
public sealed class HostStore(DbSession db)
{
    // Ranges in one statement.
    private const int RangesMax = 100;

    /// <summary>What is known about these hosts; those that were never asked for are missing.</summary>
    public async Task<IReadOnlyList<HostRow>> FindAsync(IReadOnlyCollection<string> hosts, CancellationToken stop) =>
        hosts.Count == 0
            ? []
            : await db.QueryAsync<HostRow>($"""
                SELECT host, state, wanted_at, answered_at
                FROM   host_lookup
                WHERE  {db.IsAnyOf("host", "hosts")}
                """, new { hosts = hosts.ToArray() }, stop);

    /// <summary>Where these hosts led, oldest answer first.</summary>
    public async Task<IReadOnlyList<HostAddressRow>> AddressesAsync(IReadOnlyCollection<string> hosts, CancellationToken stop) =>
        hosts.Count == 0
            ? []
            : await db.QueryAsync<HostAddressRow>($"""
                SELECT host, address, first_at, last_at
                FROM   host_address
                WHERE  {db.IsAnyOf("host", "hosts")}
                ORDER  BY first_at, address
                """, new { hosts = hosts.ToArray() }, stop);

    /// <summary>Hosts that led to any of these addresses when they were last looked up, in order of their names.</summary>
    /// <param name="prefixes">The addresses.</param>
    /// <param name="limit">Rows at most for each hundred of them.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>A host once for each of its addresses.</returns>
    public async Task<IReadOnlyList<HostAddressRow>> AtAsync(IReadOnlyCollection<Prefix> prefixes, long limit, CancellationToken stop)
    {
        var found = new List<HostAddressRow>();
        foreach (var some in prefixes.Chunk(RangesMax))
        {
            var values = new Dictionary<string, object> { ["limit"] = limit };
            for (var i = 0; i < some.Length; i++)
                (values[$"first{i}"], values[$"last{i}"]) = (some[i].First, some[i].Last);
            found.AddRange(await db.QueryAsync<HostAddressRow>($"""
                SELECT a.host, a.address, a.first_at, a.last_at
                FROM   host_address a
                JOIN   host_lookup l ON l.host = a.host AND l.answered_at = a.last_at
                WHERE  {string.Join(" OR ", Enumerable.Range(0, some.Length).Select(i => $"a.address BETWEEN @first{i} AND @last{i}"))}
                ORDER  BY a.host, a.address
                LIMIT  @limit
                """, values, stop));
        }

        // One prefix may lie in another one.
        return [.. found.DistinctBy(f => (f.Host, f.Address)).OrderBy(f => f.Host, StringComparer.Ordinal).ThenBy(f => f.Address)];
    }

    /// <summary>Asks for hosts to be looked up, and lets these reports wait for it, once.</summary>
    /// <param name="hosts">Which hosts.</param>
    /// <param name="reports">Which reports.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When they are looked at again, whatever has come of it.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task WantAsync(IReadOnlyCollection<string> hosts, IReadOnlyCollection<ReportId> reports, Instant now, Instant until, CancellationToken stop)
    {
        // In one order everywhere, so that two nodes cannot wait for each other.
        await db.InsertManyAsync(
            "INSERT INTO host_lookup (host, state, wanted_at)",
            [.. hosts.Order(StringComparer.Ordinal)],
            h => [h, HostState.Wanted, now],
            "ON CONFLICT (host) DO UPDATE SET state = excluded.state, wanted_at = excluded.wanted_at",
            stop);
        await db.ExecuteAsync($"""
            UPDATE report
            SET    hosts_wanted_at = @now, waits_until = @until
            WHERE  {db.IsAnyOf("id", "ids")} AND state = 'received' AND hosts_wanted_at IS NULL
            """, new { ids = reports.Select(r => r.Value).ToArray(), now, until }, stop);
    }

    /// <summary>Hosts that wait to be looked up, longest first.</summary>
    public Task<IReadOnlyList<HostRow>> WantedAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<HostRow>("""
            SELECT host, state, wanted_at, answered_at
            FROM   host_lookup
            WHERE  state = 'wanted'
            ORDER  BY wanted_at, host
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Keeps what the DNS said about a host.</summary>
    /// <param name="host">The host as it was wanted.</param>
    /// <param name="addresses">Where it leads; empty when it has no address; null when the DNS did not answer.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task AnsweredAsync(HostRow host, IReadOnlyCollection<Address>? addresses, Instant now, CancellationToken stop)
    {
        foreach (var address in addresses ?? [])
        {
            var extended = await db.ExecuteAsync("""
                UPDATE host_address
                SET    last_at = @now
                WHERE  host = @host AND address = @address AND last_at = @before
                """, new { host = host.Host, address, now, before = host.AnsweredAt }, stop);
            if (extended > 0)
                continue;
            await db.ExecuteAsync("""
                INSERT INTO host_address (host, address, first_at, last_at)
                VALUES (@host, @address, @now, @now)
                ON CONFLICT (host, address, first_at) DO NOTHING
                """, new { host = host.Host, address, now }, stop);
        }

        await db.ExecuteAsync("""
            UPDATE host_lookup
            SET    state = @state, answered_at = @answered
            WHERE  host = @host AND state = 'wanted'
            """,
            new { host = host.Host, state = addresses is null ? HostState.Failed : HostState.Answered, answered = addresses is null ? host.AnsweredAt : now }, stop);
    }

    /// <summary>Forgets hosts that no report has named for long, with where they led.</summary>
    /// <returns>How many hosts there were.</returns>
    public async Task<int> ForgetAsync(Instant wantedBefore, long limit, CancellationToken stop)
    {
        const string old = "SELECT host FROM host_lookup WHERE state <> 'wanted' AND wanted_at < @wantedBefore ORDER BY wanted_at, host LIMIT @limit";
        await db.ExecuteAsync($"DELETE FROM host_address WHERE host IN ({old})", new { wantedBefore, limit }, stop);
        return await db.ExecuteAsync($"DELETE FROM host_lookup WHERE host IN ({old})", new { wantedBefore, limit }, stop);
    }

    /// <summary>Lets reports go on that waited, once no host is wanted any more.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> ReleaseAsync(CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE report
            SET    waits_until = NULL
            WHERE  waits_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM host_lookup WHERE state = 'wanted')
            """, null, stop);
}

/// <summary>Where a look-up stands.</summary>
public enum HostState
{
    /// <summary>It is to be looked up.</summary>
    Wanted,

    /// <summary>The DNS answered, also if it said that there is no such name.</summary>
    Answered,

    /// <summary>The DNS did not answer.</summary>
    Failed,
}

/// <summary>A row of <c>host_lookup</c>.</summary>
public sealed record HostRow
{
    /// <summary>The host's name, lower case, without final dot.</summary>
    public required string Host { get; init; }

    /// <summary>Where its look-up stands.</summary>
    public required HostState State { get; init; }

    /// <summary>When it was last asked for.</summary>
    public required Instant WantedAt { get; init; }

    /// <summary>When the DNS last answered; null when it never did.</summary>
    public Instant? AnsweredAt { get; init; }
}

/// <summary>A row of <c>host_address</c>.</summary>
public sealed record HostAddressRow
{
    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>Where it led.</summary>
    public required Address Address { get; init; }

    /// <summary>First answer that said so.</summary>
    public required Instant FirstAt { get; init; }

    /// <summary>Last answer that said so, without one between that did not.</summary>
    public required Instant LastAt { get; init; }
}
