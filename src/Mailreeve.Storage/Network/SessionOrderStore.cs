using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>session_order</c>: what access servers are to do with sessions because of blocks.</summary>
public sealed class SessionOrderStore(DbSession db)
{
    // A customer whose session is ended begins another at once. Each further one of an hour waits longer, and the access server has peace.
    private static readonly Duration Hour = Duration.FromHours(1);
    private static readonly Duration WaitStep = Duration.FromSeconds(5);
    private static readonly Duration WaitMax = Duration.FromMinutes(10);

    private const string Columns = """
        o.id, o.block_id, o.session_id, o.is_lift, o.client, o.action, o.state, o.attempts, o.next_at, o.asked_at, o.proven_at, o.detail,
        s.nas, s.session, s.login, s.station, s.first_address, s.prefix_length, s.end_reason, b.scope
        """;

    private const string Open = "o.state NOT IN ('done', 'dropped', 'given-up')";

    /// <summary>Writes orders; one that was written before stays as it is.</summary>
    /// <returns>How many are new.</returns>
    public async Task<int> AddAsync(IReadOnlyList<NewSessionOrder> orders, Instant now, CancellationToken stop)
    {
        var added = 0;
        foreach (var order in orders)
        {
            var before = order.IsLift ? 0 : await db.SingleAsync<long>("""
                SELECT COUNT(*)
                FROM   address_session mine
                JOIN   address_session s ON s.first_address = mine.first_address
                JOIN   session_order o ON o.session_id = s.id
                WHERE  mine.id = @session AND o.block_id = @block AND o.is_lift = 0 AND o.created_at > @since
                """, new { session = order.Session, block = order.Block, since = now - Hour }, stop);
            var id = await db.NextIdsAsync("session_order", 1, stop);
            added += await db.ExecuteAsync("""
                INSERT INTO session_order (id, block_id, session_id, is_lift, client, action, state, created_at, attempts, next_at)
                VALUES (@id, @block, @session, @isLift, @client, @action, 'waiting', @now, 0, @nextAt)
                ON CONFLICT DO NOTHING
                """,
                new
                {
                    id,
                    block = order.Block,
                    session = order.Session,
                    isLift = order.IsLift ? 1L : 0L,
                    client = order.Client,
                    action = order.Action,
                    now,
                    nextAt = now + Duration.Min(WaitStep * before * before, WaitMax),
                }, stop);
        }

        return added;
    }

    /// <summary>Open orders whose session is over, oldest first.</summary>
    public Task<IReadOnlyList<SessionOrder>> OverAsync(long limit, CancellationToken stop) =>
        SelectAsync($"WHERE {Open} AND s.ended_at IS NOT NULL ORDER BY o.id LIMIT @limit", new { limit }, stop);

    /// <summary>Open orders whose block is over, though they are there because it began; oldest first.</summary>
    public Task<IReadOnlyList<SessionOrder>> LiftedAsync(Instant now, long limit, CancellationToken stop) =>
        SelectAsync(
            $"WHERE {Open} AND o.is_lift = 0 AND (b.state <> 'in-force' OR b.expires_at <= @now) ORDER BY o.id LIMIT @limit", new { now, limit }, stop);

    /// <summary>Orders whose turn it is, the longest overdue first.</summary>
    public Task<IReadOnlyList<SessionOrder>> DueAsync(Instant now, long limit, CancellationToken stop) =>
        SelectAsync($"WHERE o.next_at <= @now AND {Open} ORDER BY o.next_at, o.id LIMIT @limit", new { now, limit }, stop);

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

    private Task<IReadOnlyList<SessionOrder>> SelectAsync(string rest, object parameters, CancellationToken stop) =>
        db.QueryAsync<SessionOrder>($"""
            SELECT {Columns}
            FROM   session_order o
            JOIN   address_session s ON s.id = o.session_id
            JOIN   block b ON b.id = o.block_id
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

    /// <summary>The block was over before.</summary>
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
public sealed record NewSessionOrder(BlockId Block, long Session, bool IsLift, string Client, SessionAction Action);

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
