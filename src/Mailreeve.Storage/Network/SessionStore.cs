using System.Text.Json;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>address_session</c>: who had an address, or ports of one, for a while.</summary>
public sealed class SessionStore(DbSession db)
{
    // So long after its end a session may still be spoken of: messages that were kept while nobody took them.
    private static readonly Duration LateFor = Duration.FromHours(24);

    // Each question or key is a row of a list that is sent as one text.
    private const int RowsAtOnce = 5_000;

    /// <summary>The rows that news may be about: those with its ids, open ones of the same addresses, and open ones of servers that began anew.</summary>
    public async Task<IReadOnlyList<AddressSession>> ConcernedAsync(IReadOnlyList<SessionNews> news, CancellationToken stop)
    {
        var sightings = news.OfType<SessionNews.Sighting>().ToList();
        var rows = new List<SessionRow>();
        foreach (var some in sightings.DistinctBy(s => (s.Nas, s.Session)).Chunk(RowsAtOnce))
        {
            rows.AddRange(await db.QueryAsync<SessionRow>($"""
                SELECT s.*
                FROM   {ListRows} AS q
                CROSS  JOIN address_session s
                WHERE  s.nas = q.value ->> 0 AND s.session = q.value ->> 1
                AND    COALESCE(s.ended_at, 9223372036854775807) >= @since
                """,
                new
                {
                    list = JsonSerializer.Serialize(some.Select(s => new[] { DbText.Clean(s.Nas), DbText.Clean(s.Session) })),
                    since = sightings.Min(s => s.StartedAt ?? s.At) - LateFor,
                }, stop));
        }

        foreach (var some in sightings.SelectMany(s => s.Prefixes).Select(p => p.First).Distinct().Chunk(RowsAtOnce))
        {
            rows.AddRange(await db.QueryAsync<SessionRow>($"""
                SELECT s.*
                FROM   {ListRows} AS q
                CROSS  JOIN address_session s
                WHERE  s.first_address = {FromHex} AND COALESCE(s.ended_at, 9223372036854775807) = 9223372036854775807
                """, new { list = JsonSerializer.Serialize(some.Select(f => new[] { Hex(f) })) }, stop));
        }

        foreach (var nas in news.OfType<SessionNews.Restart>().Select(r => r.Nas).Distinct())
            rows.AddRange(await db.QueryAsync<SessionRow>("SELECT * FROM address_session WHERE nas = @nas AND ended_at IS NULL", new { nas }, stop));
        return [.. rows.DistinctBy(r => r.Id).OrderBy(r => r.StartedAt).ThenBy(r => r.Id).Select(r => r.ToSession())];
    }

    /// <summary>Writes what has changed; rows without an id are new. One that somebody else has written meanwhile is left alone.</summary>
    public async Task SaveAsync(IReadOnlyList<AddressSession> sessions, CancellationToken stop)
    {
        var added = sessions.Where(s => s.Id == 0).ToList();
        if (added.Count > 0)
        {
            var id = await db.NextIdsAsync("address_session", added.Count, stop);
            await db.InsertManyAsync("""
                INSERT INTO address_session (id, source, nas, session, login, station, customer_id, service_id, first_address, prefix_length,
                                             first_port, last_port, started_at, seen_at, expected_by, ended_at, end_reason, recorded_at, end_recorded_at)
                """,
                added,
                s => [id++, s.Source, s.Nas, s.Session, s.Login, s.Station, s.Customer, s.Service, s.Prefix.First, s.Prefix.Length,
                      s.FirstPort, s.LastPort, s.StartedAt, s.SeenAt, s.ExpectedBy, s.EndedAt, s.End, s.RecordedAt, s.EndRecordedAt],
                "ON CONFLICT DO NOTHING",
                stop);
        }

        await db.ExecuteManyAsync("""
            UPDATE address_session
            SET    login = $2, station = $3, customer_id = $4, service_id = $5, started_at = $6, seen_at = $7, expected_by = $8,
                   ended_at = $9, end_reason = $10, end_recorded_at = $11
            WHERE  id = $1
            """,
            [.. sessions.Where(s => s.Id != 0)],
            s => [s.Id, s.Login, s.Station, s.Customer, s.Service, s.StartedAt, s.SeenAt, s.ExpectedBy, s.EndedAt, s.End, s.EndRecordedAt],
            stop);
    }

    /// <summary>Open sessions of which something should have been heard by now, the most overdue first.</summary>
    public async Task<IReadOnlyList<AddressSession>> OverdueAsync(Instant now, long limit, CancellationToken stop) =>
        [.. (await db.QueryAsync<SessionRow>("""
            SELECT *
            FROM   address_session
            WHERE  ended_at IS NULL AND expected_by IS NOT NULL AND expected_by < @now
            ORDER  BY expected_by
            LIMIT  @limit
            """, new { now, limit }, stop)).Select(r => r.ToSession())];

    /// <summary>The row that was written down last; 0 when there is none.</summary>
    public Task<long> LastAsync(CancellationToken stop) => db.SingleAsync<long>("SELECT COALESCE(MAX(id), 0) FROM address_session", null, stop);

    /// <summary>Open sessions of a source that were written down after a row, in that order.</summary>
    public async Task<IReadOnlyList<AddressSession>> OpenAfterAsync(SessionSource source, long after, long limit, CancellationToken stop) =>
        [.. (await db.QueryAsync<SessionRow>("""
            SELECT *
            FROM   address_session
            WHERE  id > @after AND ended_at IS NULL AND source = @source
            ORDER  BY id
            LIMIT  @limit
            """, new { source, after, limit }, stop)).Select(r => r.ToSession())];

    /// <summary>Open sessions of a source that may have an address of a prefix, in the order in which they were written down.</summary>
    /// <param name="source">Who speaks of them.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="after">Only rows after this one.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<AddressSession>> OpenWithinAsync(SessionSource source, Prefix prefix, long after, long limit, CancellationToken stop) =>
        [.. (await db.QueryAsync<SessionRow>($"""
            SELECT *
            FROM   address_session
            WHERE  COALESCE(ended_at, 9223372036854775807) = 9223372036854775807 AND source = @source AND id > @after
            AND    (first_address BETWEEN @first AND @last OR first_address IN ({CoveringFirsts.FromJson(db.Dialect)}))
            ORDER  BY id
            LIMIT  @limit
            """,
            new { source, after, limit, first = prefix.First, last = prefix.Last, json = CoveringFirsts.Json(CoveringFirsts.OfSessions(prefix.First)) },
            stop)).Select(r => r.ToSession())];

    /// <summary>Open sessions of a source that are of a service, in the order in which they were written down.</summary>
    /// <param name="source">Who speaks of them.</param>
    /// <param name="customer">Whose the service is.</param>
    /// <param name="service">The service.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<AddressSession>> OpenOfServiceAsync(SessionSource source, CustomerId customer, long service, long limit, CancellationToken stop) =>
        [.. (await db.QueryAsync<SessionRow>("""
            SELECT *
            FROM   address_session
            WHERE  customer_id = @customer AND service_id = @service AND ended_at IS NULL AND source = @source
            ORDER  BY id
            LIMIT  @limit
            """, new { source, customer, service, limit }, stop)).Select(r => r.ToSession())];

    /// <summary>Whether a session ended before a moment.</summary>
    public async Task<bool> AnyEndedBeforeAsync(Instant before, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM address_session WHERE ended_at < @before LIMIT 1) AS one
            """, new { before }, stop) > 0;

    /// <summary>Forgets sessions that ended before a moment, the oldest first, and what was ordered because of them. Open ones stay, however old.</summary>
    /// <param name="before">The moment.</param>
    /// <param name="limit">Rows at most; call again until none is left.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many sessions there were.</returns>
    public async Task<int> ForgetAsync(Instant before, long limit, CancellationToken stop)
    {
        var ids = (await db.QueryAsync<long>("""
            SELECT id
            FROM   address_session
            WHERE  ended_at < @before
            ORDER  BY ended_at, id
            LIMIT  @limit
            """, new { before, limit }, stop)).ToArray();
        if (ids.Length == 0)
            return 0;
        await db.ExecuteAsync($"DELETE FROM session_order WHERE {db.IsAnyOf("session_id", "ids")}", new { ids }, stop);
        // One that is open again since it was looked at stays.
        return await db.ExecuteAsync($"DELETE FROM address_session WHERE {db.IsAnyOf("id", "ids")} AND ended_at < @before", new { ids, before }, stop);
    }

    /// <summary>These sessions.</summary>
    public async Task<IReadOnlyList<AddressSession>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken stop) =>
        [.. (await db.QueryAsync<SessionRow>(
            $"SELECT * FROM address_session WHERE {db.IsAnyOf("id", "ids")} ORDER BY id", new { ids = ids.ToArray() }, stop)).Select(r => r.ToSession())];

    /// <summary>Sessions with an address that may have been within a time: one question to the database for all of a batch.</summary>
    /// <param name="questions">The addresses, and when.</param>
    /// <param name="knownAt">As it was known at this moment; null for now.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Each session once, in the order in which they began. All ports of an address come where none is asked for.</returns>
    public async Task<IReadOnlyList<AddressSession>> WithinAsync(IReadOnlyCollection<WhoQuestion> questions, Instant? knownAt, CancellationToken stop)
    {
        var rows = new List<SessionRow>();
        var byFirst = questions.Select(q => q.Address).Distinct().SelectMany(a => CoveringFirsts.OfSessions(a).Select(first => (first, a))).ToLookup(f => f.first, f => f.a);
        // What was over before, but was not known to be then.
        var orNotKnown = knownAt is null ? "" : "OR s.end_recorded_at > @known";
        var known = (knownAt ?? Instant.MaxValue).ToUnixTimeMilliseconds();
        var asked = questions.SelectMany(q => CoveringFirsts.OfSessions(q.Address).Select(first => new object[]
        {
            Hex(first), q.Window.Start.ToUnixTimeMilliseconds(), q.Window.End.ToUnixTimeMilliseconds(), q.Port ?? 0, q.Port ?? AddressSession.PortMax,
        }));
        foreach (var some in asked.Chunk(RowsAtOnce))
        {
            rows.AddRange(await db.QueryAsync<SessionRow>($"""
                SELECT s.*
                FROM   {ListRows} AS q
                CROSS  JOIN address_session s
                WHERE  s.first_address = {FromHex}
                AND    (COALESCE(s.ended_at, 9223372036854775807) >= CAST(q.value ->> 1 AS BIGINT) {orNotKnown})
                AND    s.started_at <= CAST(q.value ->> 2 AS BIGINT)
                AND    s.first_port <= CAST(q.value ->> 4 AS BIGINT)
                AND    s.last_port >= CAST(q.value ->> 3 AS BIGINT)
                """, new { list = JsonSerializer.Serialize(some), known }, stop));
        }

        // A prefix that begins where a wider one around the address would begin need not cover it.
        return [.. rows.DistinctBy(r => r.Id).OrderBy(r => r.StartedAt).ThenBy(r => r.Id).Select(r => r.ToSession()).Where(s => byFirst[s.Prefix.First].Any(s.Prefix.Contains))];
    }

    // A list of lists, as a table with the column "value". Neither database takes a list of pairs as a parameter.
    private string ListRows => db.Dialect == Dialect.PostgreSql ? "json_array_elements(CAST(@list AS JSON))" : "json_each(@list)";

    private string FromHex => db.Dialect == Dialect.PostgreSql ? "decode(q.value ->> 0, 'hex')" : "unhex(q.value ->> 0)";

    private static string Hex(Address address) => Convert.ToHexStringLower(address.ToBytes());

    private sealed record SessionRow
    {
        public required long Id { get; init; }

        public required SessionSource Source { get; init; }

        public required string Nas { get; init; }

        public required string Session { get; init; }

        public string? Login { get; init; }

        public string? Station { get; init; }

        public CustomerId? CustomerId { get; init; }

        public long? ServiceId { get; init; }

        public required Address FirstAddress { get; init; }

        public required long PrefixLength { get; init; }

        public required long FirstPort { get; init; }

        public required long LastPort { get; init; }

        public required Instant StartedAt { get; init; }

        public required Instant SeenAt { get; init; }

        public Instant? ExpectedBy { get; init; }

        public Instant? EndedAt { get; init; }

        public SessionEnd? EndReason { get; init; }

        public required Instant RecordedAt { get; init; }

        public Instant? EndRecordedAt { get; init; }

        public AddressSession ToSession() => new()
        {
            Id = Id,
            Source = Source,
            Nas = Nas,
            Session = Session,
            Login = Login,
            Station = Station,
            Customer = CustomerId,
            Service = ServiceId,
            Prefix = new Prefix(FirstAddress, (int)PrefixLength),
            FirstPort = FirstPort,
            LastPort = LastPort,
            StartedAt = StartedAt,
            SeenAt = SeenAt,
            ExpectedBy = ExpectedBy,
            EndedAt = EndedAt,
            End = EndReason,
            RecordedAt = RecordedAt,
            EndRecordedAt = EndRecordedAt,
        };
    }
}

/// <summary>Who had an address?</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The source port, 1–65535; null when it is not known.</param>
/// <param name="Window">When, with the doubt about that.</param>
public sealed record WhoQuestion(Address Address, int? Port, Interval Window);
