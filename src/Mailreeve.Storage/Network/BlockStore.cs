using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>block</c>: in force from the commit that writes them.</summary>
public sealed class BlockStore(DbSession db)
{
    /// <summary>Places blocks, which are in force as soon as this is committed.</summary>
    public async Task PlaceAsync(IReadOnlyList<NewBlock> blocks, CancellationToken stop)
    {
        await db.InsertManyAsync("""
            INSERT INTO block (id, case_id, step, customer_id, customer_block_id, first_address, prefix_length, scope, clause, policy_revision,
                               reason, placed_by, starts_at, expires_at, state, list)
            """,
            blocks,
            b => [b.Id, b.Case, b.Step, b.Customer, b.CustomerBlock, b.Prefix.First, b.Prefix.Length, b.Scope, b.Clause, b.PolicyRevision,
                  b.Reason, b.PlacedBy, b.StartsAt, b.ExpiresAt, BlockState.InForce, b.List],
            stop);
        await db.RecordChangesAsync(ChangeKind.Block, [.. blocks.Select(b => b.Id.Value)], stop);
    }

    /// <summary>Lifts a block.</summary>
    /// <returns><see langword="false"/> when it is not in force any more: someone else lifted it, or it expired.</returns>
    public async Task<bool> LiftAsync(BlockId id, Actor by, string reason, Instant now, CancellationToken stop)
    {
        var lifted = await db.ExecuteAsync("""
            UPDATE block
            SET    state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason, case_told_at = @now
            WHERE  id = @id AND state = 'in-force'
            """, new { id, by, reason, now }, stop) == 1;
        if (lifted)
            await db.RecordChangeAsync(ChangeKind.Block, id.Value, stop);
        return lifted;
    }

    /// <summary>Lifts several blocks that belong to no case.</summary>
    /// <param name="ids">Which, <see cref="DbSession.ListMax"/> at most.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many; those that are not in force any more are passed over.</returns>
    public Task<int> LiftAsync(IReadOnlyCollection<BlockId> ids, Actor by, string reason, Instant now, CancellationToken stop) =>
        ChangeAsync("state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason, case_told_at = @now", ids,
            new { ids = ids.Select(i => i.Value).ToArray(), by, reason, now }, stop);

    /// <summary>Lets several blocks last longer.</summary>
    /// <param name="ids">Which, <see cref="DbSession.ListMax"/> at most.</param>
    /// <param name="until">Until when.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many; those that are not in force any more are passed over.</returns>
    public Task<int> ExtendAsync(IReadOnlyCollection<BlockId> ids, Instant until, CancellationToken stop) =>
        ChangeAsync("expires_at = @until", ids, new { ids = ids.Select(i => i.Value).ToArray(), until }, stop);

    /// <summary>Blocks in force that come from a list of others, oldest first.</summary>
    public Task<IReadOnlyList<BlockRow>> OfListAsync(string list, CancellationToken stop) =>
        db.QueryAsync<BlockRow>("""
            SELECT *
            FROM   block
            WHERE  state = 'in-force' AND list = @list
            ORDER  BY id
            """, new { list }, stop);

    /// <summary>How many blocks in force come from lists of others, the entries of our own among them.</summary>
    public Task<long> CountOfListsAsync(CancellationToken stop) =>
        db.SingleAsync<long>("SELECT COUNT(*) FROM block WHERE state = 'in-force' AND list IS NOT NULL", null, stop);

    private async Task<int> ChangeAsync(string change, IReadOnlyCollection<BlockId> ids, object parameters, CancellationToken stop)
    {
        if (ids.Count == 0)
            return 0;
        var changed = await db.QueryAsync<long>($"""
            UPDATE block
            SET    {change}
            WHERE  {db.IsAnyOf("id", "ids")} AND state = 'in-force'
            RETURNING id
            """, parameters, stop);
        await db.RecordChangesAsync(ChangeKind.Block, changed, stop);
        return changed.Count;
    }

    /// <summary>Ends the blocks whose time is over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">Blocks at most; call again until fewer come back.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many.</returns>
    public async Task<int> ExpireAsync(Instant now, long limit, CancellationToken stop)
    {
        var ids = await db.QueryAsync<long>("""
            UPDATE block
            SET    state = 'expired', ended_at = @now, ended_by = 'policy', end_reason = 'Its time was over.'
            WHERE  id IN (SELECT id FROM block WHERE state = 'in-force' AND expires_at <= @now ORDER BY expires_at, id LIMIT @limit)
                   AND state = 'in-force'
            RETURNING id
            """, new { now, limit }, stop);
        await db.RecordChangesAsync(ChangeKind.Block, ids, stop);
        return ids.Count;
    }

    /// <summary>Whether there is a block whose time is over, but which nobody has ended.</summary>
    public async Task<bool> AnyDueAsync(Instant now, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM block WHERE state = 'in-force' AND expires_at <= @now LIMIT 1) AS due
            """, new { now }, stop) > 0;

    /// <summary>Expired blocks of which their case does not know yet, oldest first.</summary>
    public Task<IReadOnlyList<BlockRow>> ExpiredUntoldAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<BlockRow>("""
            SELECT *
            FROM   block
            WHERE  state = 'expired' AND case_id IS NOT NULL AND case_told_at IS NULL
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Notes that the case of an expired block has taken it in.</summary>
    public Task ToldAsync(BlockId id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE block
            SET    case_told_at = @now
            WHERE  id = @id
            """, new { id, now }, stop);

    /// <summary>All blocks of a case, oldest first.</summary>
    public Task<IReadOnlyList<BlockRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<BlockRow>("""
            SELECT *
            FROM   block
            WHERE  case_id = @id
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>Blocks in force, newest first.</summary>
    public Task<IReadOnlyList<BlockRow>> ListInForceAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<BlockRow>("""
            SELECT *
            FROM   block
            WHERE  state = 'in-force'
            ORDER  BY id DESC
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Blocks in force but for those that come from lists of others, newest first.</summary>
    public Task<IReadOnlyList<BlockRow>> ListPlacedAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<BlockRow>("""
            SELECT *
            FROM   block
            WHERE  state = 'in-force' AND list IS NULL
            ORDER  BY id DESC
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>One block, or null.</summary>
    public Task<BlockRow?> FindAsync(BlockId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<BlockRow>("SELECT * FROM block WHERE id = @id", new { id }, stop);

    /// <summary>Blocks in force of addresses of these customers, newest first.</summary>
    public async Task<IReadOnlyList<BlockRow>> InForceOfAsync(IReadOnlyCollection<CustomerId> customers, long limit, CancellationToken stop)
    {
        if (customers.Count == 0)
            return [];
        return await db.QueryAsync<BlockRow>($"""
            SELECT *
            FROM   block
            WHERE  state = 'in-force' AND {db.IsAnyOf("customer_id", "ids")}
            ORDER  BY id DESC
            LIMIT  @limit
            """, new { ids = customers.Select(c => c.Value).ToArray(), limit }, stop);
    }

    internal async Task<IReadOnlyList<BlockEntry>> InForceAsync(CancellationToken stop) =>
        (await db.QueryAsync<BlockRow>("SELECT * FROM block WHERE state = 'in-force'", null, stop)).Select(Entry).ToList();

    internal async Task<IReadOnlyList<BlockEntry>> InForceAsync(IReadOnlyCollection<BlockId> ids, CancellationToken stop) =>
        (await db.QueryAsync<BlockRow>(
            $"SELECT * FROM block WHERE {db.IsAnyOf("id", "ids")} AND state = 'in-force'", new { ids = ids.Select(i => i.Value).ToArray() }, stop)).Select(Entry).ToList();

    private static BlockEntry Entry(BlockRow row) => new()
    {
        Id = row.Id,
        Case = row.CaseId,
        Customer = row.CustomerId,
        Prefix = row.Prefix,
        Scope = row.Scope,
        Clause = row.Clause,
        StartsAt = row.StartsAt,
        ExpiresAt = row.ExpiresAt,
    };
}

/// <summary>State of a block.</summary>
public enum BlockState
{
    /// <summary>In force, unless its time is over and nobody has noted it yet.</summary>
    InForce,

    /// <summary>Lifted by a decision.</summary>
    Lifted,

    /// <summary>Its time was over.</summary>
    Expired,
}

/// <summary>A block to place.</summary>
public sealed record NewBlock : BlockDecision
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The case; null for an entry of an operator.</summary>
    public CaseId? Case { get; init; }

    /// <summary>The step of the case's ladder.</summary>
    public string? Step { get; init; }

    /// <summary>The list of others that it comes from; null for none.</summary>
    public string? List { get; init; }

    /// <summary>Whose addresses they are.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>The block of all that the customer has, of which this is a part; null for a block of its own.</summary>
    public long? CustomerBlock { get; init; }

    /// <summary>What is blocked.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }
}

/// <summary>A row of <c>block</c>.</summary>
public sealed record BlockRow : BlockDecision
{
    /// <summary>Its number.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The case, if it belongs to one.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>The step of the case's ladder.</summary>
    public string? Step { get; init; }

    /// <summary>Whose addresses they are.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>The list of others that it comes from; null for none.</summary>
    public string? List { get; init; }

    /// <summary>The block of all that the customer has, of which this is a part; null for a block of its own.</summary>
    public long? CustomerBlockId { get; init; }

    /// <summary>Lowest address.</summary>
    public required Address FirstAddress { get; init; }

    /// <summary>Fixed bits of the 128-bit form.</summary>
    public required long PrefixLength { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }

    /// <summary>Where it stands.</summary>
    public required BlockState State { get; init; }

    /// <summary>When it ended.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>Who ended it.</summary>
    public Actor? EndedBy { get; init; }

    /// <summary>Why it ended.</summary>
    public string? EndReason { get; init; }

    /// <summary>What is blocked.</summary>
    public Prefix Prefix => new(FirstAddress, (int)PrefixLength);
}
