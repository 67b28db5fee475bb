using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>session_order</c>: what access servers are to do with sessions because of blocks.</summary>
public sealed class SessionOrderStore(DbSession db)
{
    private const string Columns = """
        o.id, o.block_id, o.session_id, o.is_lift, o.client, o.action, o.state, o.attempts, o.next_at, o.asked_at, o.proven_at, o.detail,
        s.nas, s.session, s.login, s.station, s.first_address, s.prefix_length, s.end_reason, COALESCE(b.scope, 'all') AS scope
        """;

    // As the index says it: SQLite takes that only for the same words.
    private const string Standing = "o.state NOT IN ('done', 'dropped')";
    private const string Open = $"{Standing} AND o.state <> 'given-up'";

    /// <summary>Writes orders; one that was written before stays as it is.</summary>
    /// <returns>How many are new.</returns>
    public async Task<int> AddAsync(IReadOnlyList<NewSessionOrder> orders, Instant now, CancellationToken stop)
    {
        if (orders.Count == 0)
            return 0;
        var id = await db.NextIdsAsync("session_order", orders.Count, stop);
        return await db.InsertManyAsync(
            "INSERT INTO session_order (id, block_id, session_id, is_lift, client, action, state, created_at, attempts, next_at)",
            orders, o => [id++, o.Block, o.Session, o.IsLift ? 1L : 0L, o.Client, o.Action, SessionOrderState.Waiting, now, 0L, o.NextAt], "ON CONFLICT DO NOTHING", stop);
    }

    /// <summary>How many orders there were because of a block and for any session of the address that a session has.</summary>
    /// <param name="orders">Each pair of block and session, <see cref="DbSession.ListMax"/> at most.</param>
    /// <param name="since">Those that were written after that.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>By block and session; those that had none are not there.</returns>
    public async Task<IReadOnlyDictionary<(BlockId Block, long Session), long>> CountAsync(IReadOnlyList<NewSessionOrder> orders, Instant since, CancellationToken stop) =>
        (await db.QueryAsync<OrderCount>($"""
            SELECT o.block_id, mine.id AS session_id, COUNT(*) AS orders
            FROM   address_session mine
            JOIN   address_session s ON s.first_address = mine.first_address
            JOIN   session_order o ON o.session_id = s.id
            WHERE  {db.IsAnyOf("mine.id", "sessions")} AND {db.IsAnyOf("o.block_id", "blocks")} AND o.is_lift = 0 AND o.created_at > @since
            GROUP  BY o.block_id, mine.id
            """,
            new { sessions = orders.Select(o => o.Session).Distinct().ToArray(), blocks = orders.Select(o => o.Block.Value).Distinct().ToArray(), since }, stop))
        .ToDictionary(c => (c.BlockId, c.SessionId), c => c.Orders);

    /// <summary>Orders whose session is over, those that were given up among them; oldest first.</summary>
    public Task<IReadOnlyList<SessionOrder>> OverAsync(long limit, CancellationToken stop) =>
        SelectAsync($"WHERE {Standing} AND s.ended_at IS NOT NULL ORDER BY o.id LIMIT @limit", new { limit }, stop);

    /// <summary>
    /// Orders whose block is over, though they are there because it began; oldest first. Those that were given up are among them when the
    /// session may have been changed all the same.
    /// </summary>
    public Task<IReadOnlyList<SessionOrder>> LiftedAsync(Instant now, long limit, CancellationToken stop) =>
        SelectAsync(
            $"""
            WHERE {Standing} AND (o.state <> 'given-up' OR o.action = 'change' AND o.attempts > 0)
                  AND o.is_lift = 0 AND (COALESCE(b.state, v.state) <> 'in-force' OR COALESCE(b.expires_at, v.expires_at) <= @now)
            ORDER BY o.id
            LIMIT @limit
            """, new { now, limit }, stop);

    /// <summary>The clients that have an order whose turn it is.</summary>
    public Task<IReadOnlyList<string>> DueClientsAsync(Instant now, CancellationToken stop) =>
        db.QueryAsync<string>($"SELECT DISTINCT o.client FROM session_order o WHERE o.next_at <= @now AND {Open}", new { now }, stop);

    /// <summary>Orders of a client whose turn it is, the longest overdue first.</summary>
    public Task<IReadOnlyList<SessionOrder>> DueAsync(string client, Instant now, long limit, CancellationToken stop) =>
        SelectAsync($"WHERE o.next_at <= @now AND o.client = @client AND {Open} ORDER BY o.next_at, o.id LIMIT @limit", new { client, now, limit }, stop);

    /// <summary>What became of orders because of these blocks, the newest first.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<SessionOrder>> OfAsync(IReadOnlyCollection<BlockId> blocks, long limit, CancellationToken stop)
    {
        var rows = new List<SessionOrder>();
        foreach (var some in blocks.Chunk(DbSession.ListMax))
        {
            rows.AddRange(await SelectAsync(
                $"WHERE {db.IsAnyOf("o.block_id", "ids")} ORDER BY o.id DESC LIMIT @limit", new { ids = some.Select(b => b.Value).ToArray(), limit }, stop));
        }

        return rows;
    }

    /// <summary>Notes that orders are about to be asked, and when they are asked again if nothing comes of it.</summary>
    public Task<int> AskingAsync(IReadOnlyList<SessionOrder> orders, Func<SessionOrder, Instant> again, Instant now, CancellationToken stop) =>
        db.ExecuteManyAsync(
            "UPDATE session_order SET attempts = attempts + 1, asked_at = $2, next_at = $3 WHERE id = $1", orders, o => [o.Id, now, again(o)], stop);

    /// <summary>Notes where orders stand now.</summary>
    public Task<int> SaveAsync(IReadOnlyList<SessionOrder> orders, CancellationToken stop) =>
        db.ExecuteManyAsync(
            "UPDATE session_order SET state = $2, next_at = $3, proven_at = $4, detail = $5 WHERE id = $1",
            orders, o => [o.Id, o.State, o.NextAt, o.ProvenAt, o.Detail], stop);

    /// <summary>Has orders asked anew, whatever came of them: another block's order has changed the session meanwhile.</summary>
    /// <param name="orders">Because of a block that is in force. One that is not there, or whose session is over, is passed over.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<int> AskAnewAsync(IReadOnlyList<NewSessionOrder> orders, Instant now, CancellationToken stop) =>
        // As if asked once: the session is changed already, and must be changed back even when this block ends first.
        db.ExecuteManyAsync("""
            UPDATE session_order
            SET    state = 'waiting', next_at = $3, detail = NULL, attempts = 1
            WHERE  block_id = $1 AND session_id = $2 AND is_lift = 0 AND state NOT IN ('done', 'dropped')
            """, orders, o => [o.Block, o.Session, now], stop);

    private sealed record OrderCount
    {
        public required BlockId BlockId { get; init; }

        public required long SessionId { get; init; }

        public required long Orders { get; init; }
    }

    private Task<IReadOnlyList<SessionOrder>> SelectAsync(string rest, object parameters, CancellationToken stop) =>
        db.QueryAsync<SessionOrder>($"""
            SELECT {Columns}
            FROM   session_order o
            JOIN   address_session s ON s.id = o.session_id
            LEFT   JOIN block b ON b.id = o.block_id
            LEFT   JOIN service_block v ON v.id = o.block_id
            {rest}
            """, parameters, stop);
}

/// <summary>What an access server does with a session.</summary>
public enum SessionAction
{
    /// <summary>It ends it (Disconnect-Request).</summary>
    Disconnect,

    /// <summary>It gives it another filter (CoA-Request).</summary>
    Change,
}

/// <summary>Where an order stands.</summary>
public enum SessionOrderState
{
    /// <summary>It is to be asked.</summary>
    Waiting,

    /// <summary>The access server says that it has done it.</summary>
    Acknowledged,

    /// <summary>It says no; it is asked again.</summary>
    Refused,

    /// <summary>It says nothing; it is asked again.</summary>
    Unanswered,

    /// <summary>The session is over.</summary>
    Done,

    /// <summary>There is nothing to do any more: the block was over before, or another one is in force that wants the session as it is.</summary>
    Dropped,

    /// <summary>It was asked often enough.</summary>
    GivenUp,
}

/// <summary>An order to write.</summary>
/// <param name="Block">Because of this block.</param>
/// <param name="Session">The row of the session.</param>
/// <param name="IsLift">Whether the block is over.</param>
/// <param name="Client">The client of RADIUS accounting by which the session is known.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="NextAt">When it is asked first.</param>
public sealed record NewSessionOrder(BlockId Block, long Session, bool IsLift, string Client, SessionAction Action, Instant NextAt);

/// <summary>A row of <c>session_order</c>, with the session that it is about.</summary>
public sealed record SessionOrder
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Because of this block.</summary>
    public required BlockId BlockId { get; init; }

    /// <summary>The kind of traffic that the block stops.</summary>
    public required BlockScope Scope { get; init; }

    /// <summary>The row of the session.</summary>
    public required long SessionId { get; init; }

    /// <summary>1 when the block is over, 0 when it began.</summary>
    public required long IsLift { get; init; }

    /// <summary>The client of RADIUS accounting by which the session is known.</summary>
    public required string Client { get; init; }

    /// <summary>What is to be done.</summary>
    public required SessionAction Action { get; init; }

    /// <summary>Where it stands.</summary>
    public required SessionOrderState State { get; init; }

    /// <summary>How often it was asked.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it is asked, or asked again; null when there is nothing more to ask.</summary>
    public Instant? NextAt { get; init; }

    /// <summary>When it was asked last.</summary>
    public Instant? AskedAt { get; init; }

    /// <summary>When the session was seen to be gone; null when that is not proven.</summary>
    public Instant? ProvenAt { get; init; }

    /// <summary>What is to be said about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The access server, as sessions name it.</summary>
    public required string Nas { get; init; }

    /// <summary>The access server's id of the session.</summary>
    public required string Session { get; init; }

    /// <summary>Login name, as it is kept.</summary>
    public string? Login { get; init; }

    /// <summary>Hardware address or telephone number, as it is kept.</summary>
    public string? Station { get; init; }

    /// <summary>Lowest address that the session has.</summary>
    public required Address FirstAddress { get; init; }

    /// <summary>Fixed bits of the 128-bit form.</summary>
    public required long PrefixLength { get; init; }

    /// <summary>How the session ended; null while it is open.</summary>
    public SessionEnd? EndReason { get; init; }

    /// <summary>What the session has.</summary>
    public Prefix Prefix => new(FirstAddress, (int)PrefixLength);
}
