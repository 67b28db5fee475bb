using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>block_enforcement</c> and <c>enforcement_node</c>: what became of the blocks, as those who enforce them have read back.</summary>
public sealed class EnforcementStore(DbSession db)
{
    /// <summary>Records what became of some blocks.</summary>
    public async Task RecordAsync(IReadOnlyList<EnforcementRow> rows, CancellationToken stop)
    {
        // At a start the same is to be said of each of many blocks: one statement says it, and the one writer of SQLite is not kept from mail.
        foreach (var same in rows.GroupBy(r => (r.Node, r.BackEnd, r.State, r.Since, r.ProvenAt, r.Detail)))
        {
            foreach (var some in same.Chunk(DbSession.ListMax))
                await RecordSameAsync(some[0], [.. some.Select(r => r.BlockId.Value)], stop);
        }
    }

    // Neither database is given a parameter for each block: SQLite would look up each one's name among all others.
    private Task<int> RecordSameAsync(EnforcementRow row, long[] blocks, CancellationToken stop) =>
        db.Dialect == Dialect.PostgreSql
            ? RecordSameAsync(row, "id FROM unnest(@ids) AS id", blocks, stop)
            : RecordSameAsync(row, "value AS id FROM json_each(@ids)", $"[{string.Join(',', blocks)}]", stop);

    private Task<int> RecordSameAsync<T>(EnforcementRow row, string idFromIds, T ids, CancellationToken stop) =>
        db.ExecuteAsync($"""
            INSERT INTO block_enforcement (block_id, node, back_end, state, since, proven_at, detail)
            SELECT id, @node, @backEnd, @state, @since, CAST(@provenAt AS BIGINT), CAST(@detail AS TEXT)
            FROM   (SELECT {idFromIds}) AS blocks
            WHERE  true
            ON CONFLICT (block_id, node, back_end) DO UPDATE
            SET state = excluded.state, since = excluded.since, proven_at = excluded.proven_at, detail = excluded.detail
            """, new { node = row.Node, backEnd = row.BackEnd, state = row.State, since = row.Since, provenAt = row.ProvenAt, detail = row.Detail, ids }, stop);

    /// <summary>What waits for a person who suspends a service by hand, or brings it back; the longest waiting first.</summary>
    public Task<IReadOnlyList<HandWork>> ByHandAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<HandWork>("""
            SELECT e.block_id, e.state, e.since, b.case_id, b.clause, b.reason, b.customer_id, k.name AS customer_name, s.kind AS service_kind, s.name AS service_name
            FROM   block_enforcement e
            JOIN   service_block b ON b.id = e.block_id
            JOIN   service s ON s.id = b.service_id
            JOIN   customer k ON k.id = b.customer_id
            WHERE  e.back_end = 'hand' AND e.state IN ('pending', 'removing')
            ORDER  BY e.since, e.block_id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>All that was asked of a person or done by one and is not over, with the service that it is about.</summary>
    public Task<IReadOnlyList<HandRow>> HandRowsAsync(CancellationToken stop) =>
        db.QueryAsync<HandRow>("""
            SELECT e.block_id, b.service_id, e.state, e.proven_at, e.detail
            FROM   block_enforcement e
            JOIN   service_block b ON b.id = e.block_id
            WHERE  e.back_end = 'hand' AND e.state IN ('pending', 'active', 'removing')
            ORDER  BY e.block_id
            """, null, stop);

    /// <summary>A person says that they have done by hand what a block wants, and so what other blocks of the same service do.</summary>
    /// <returns><see langword="false"/> when nothing of that block waits for a person.</returns>
    public async Task<bool> DoneByHandAsync(BlockId block, Actor by, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE block_enforcement
            SET    state = CASE WHEN state = 'pending' THEN 'active' ELSE 'removed' END, since = @now, proven_at = @now, detail = @by
            WHERE  back_end = 'hand' AND state IN ('pending', 'removing')
                   AND block_id IN (SELECT b.id FROM service_block b JOIN service_block meant ON meant.service_id = b.service_id WHERE meant.id = @block)
            """, new { block, by, now }, stop) > 0;

    /// <summary>What a back end of a node has on record, but for what is removed.</summary>
    public Task<IReadOnlyList<EnforcementRow>> StandingAsync(string node, string backEnd, CancellationToken stop) =>
        db.QueryAsync<EnforcementRow>("""
            SELECT *
            FROM   block_enforcement
            WHERE  node = @node AND back_end = @backEnd AND state <> 'removed'
            """, new { node, backEnd }, stop);

    /// <summary>What became of these blocks, everywhere.</summary>
    public async Task<IReadOnlyList<EnforcementRow>> OfAsync(IReadOnlyCollection<BlockId> blocks, CancellationToken stop)
    {
        var rows = new List<EnforcementRow>();
        foreach (var some in blocks.Chunk(DbSession.ListMax))
        {
            rows.AddRange(await db.QueryAsync<EnforcementRow>($"""
                SELECT *
                FROM   block_enforcement
                WHERE  {db.IsAnyOf("block_id", "ids")}
                ORDER  BY block_id, node, back_end
                """, new { ids = some.Select(b => b.Value).ToArray() }, stop));
        }

        return rows;
    }

    /// <summary>Blocks in force but for those of lists of others, newest first, with what became of each, and how those fare who enforce them.</summary>
    public async Task<EnforcedBlocks> InForceAsync(long limit, CancellationToken stop)
    {
        var blocks = await new BlockStore(db).ListPlacedAsync(limit, stop);
        var services = await new ServiceBlockStore(db).InForceAsync(stop);
        var ids = blocks.Select(b => b.Id).Concat(services.Select(b => b.Id)).ToList();
        return new EnforcedBlocks(blocks, (await OfAsync(ids, stop)).ToLookup(r => r.BlockId), await NodesAsync(stop))
        {
            Customers = await new CustomerBlockStore(db).InForceAsync(stop),
            OfLists = await new BlockStore(db).CountOfListsAsync(stop),
            Services = services,
            Sessions = (await new SessionOrderStore(db).OfAsync(ids, limit, stop)).ToLookup(o => o.BlockId),
        };
    }

    /// <summary>Records how a back end of a node fares.</summary>
    public Task RecordAsync(EnforcementNode node, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO enforcement_node (node, back_end, compared_at, elements, drift, problem)
            VALUES (@node, @backEnd, @comparedAt, @elements, @drift, @problem)
            ON CONFLICT (node, back_end) DO UPDATE
            SET compared_at = COALESCE(excluded.compared_at, enforcement_node.compared_at), elements = excluded.elements,
                drift = excluded.drift, problem = excluded.problem
            """, new { node = node.Node, backEnd = node.BackEnd, comparedAt = node.ComparedAt, elements = node.Elements, drift = node.Drift, problem = node.Problem }, stop);

    /// <summary>How every back end of every node fares.</summary>
    public Task<IReadOnlyList<EnforcementNode>> NodesAsync(CancellationToken stop) =>
        db.QueryAsync<EnforcementNode>("""
            SELECT *
            FROM   enforcement_node
            ORDER  BY node, back_end
            """, null, stop);
}

/// <summary>Blocks in force, and what is proven about them.</summary>
/// <param name="Blocks">The blocks, newest first.</param>
/// <param name="Proven">What became of each, at each back end of each node.</param>
/// <param name="Nodes">How those back ends fare.</param>
public sealed record EnforcedBlocks(IReadOnlyList<BlockRow> Blocks, ILookup<BlockId, EnforcementRow> Proven, IReadOnlyList<EnforcementNode> Nodes)
{
    /// <summary>Blocks of all that a customer has, newest first. What is blocked because of them is among the blocks.</summary>
    public required IReadOnlyList<CustomerBlockRow> Customers { get; init; }

    /// <summary>Blocks of mailboxes and services, newest first.</summary>
    public required IReadOnlyList<ServiceBlockRow> Services { get; init; }

    /// <summary>How many blocks besides come from lists of others.</summary>
    public required long OfLists { get; init; }

    /// <summary>What became of sessions of their addresses, the newest first.</summary>
    public required ILookup<BlockId, SessionOrder> Sessions { get; init; }
}

/// <summary>What became of a block at a back end.</summary>
public enum EnforcementState
{
    /// <summary>It should be in force, and is not yet.</summary>
    Pending,

    /// <summary>It is in force.</summary>
    Active,

    /// <summary>Somebody who cannot be asked was told of it, and is for as long as <c>enforcement_node.problem</c> says nothing.</summary>
    Announced,

    /// <summary>Somebody who enforces on his own was given it, and proves nothing.</summary>
    HandedOver,

    /// <summary>It should not be in force any more, and still is.</summary>
    Removing,

    /// <summary>It is not in force any more.</summary>
    Removed,
}

/// <summary>A row of <c>block_enforcement</c>.</summary>
public sealed record EnforcementRow
{
    /// <summary>The block.</summary>
    public required BlockId BlockId { get; init; }

    /// <summary>The machine.</summary>
    public required string Node { get; init; }

    /// <summary>What stops the packets there.</summary>
    public required string BackEnd { get; init; }

    /// <summary>Where it stands.</summary>
    public required EnforcementState State { get; init; }

    /// <summary>Since when.</summary>
    public required Instant Since { get; init; }

    /// <summary>When that was read back; null when it could not be.</summary>
    public Instant? ProvenAt { get; init; }

    /// <summary>What is to be said about it, such as why it is not in force.</summary>
    public string? Detail { get; init; }
}

/// <summary>A service that a person is to suspend by hand, or to bring back.</summary>
public sealed record HandWork
{
    /// <summary>What a person is called as a back end.</summary>
    public const string BackEnd = "hand";

    /// <summary>The block.</summary>
    public required BlockId BlockId { get; init; }

    /// <summary><see cref="EnforcementState.Pending"/>, or <see cref="EnforcementState.Removing"/> when the block is over.</summary>
    public required EnforcementState State { get; init; }

    /// <summary>Since when.</summary>
    public required Instant Since { get; init; }

    /// <summary>The case of the block, if it belongs to one.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>The clause.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Whose service.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>That customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>What kind of service.</summary>
    public required ServiceKind ServiceKind { get; init; }

    /// <summary>The service's name.</summary>
    public required string ServiceName { get; init; }
}

/// <summary>What was asked of a person because of a block, or done by one.</summary>
public sealed record HandRow
{
    /// <summary>The block.</summary>
    public required BlockId BlockId { get; init; }

    /// <summary>The service.</summary>
    public required long ServiceId { get; init; }

    /// <summary>Where it stands.</summary>
    public required EnforcementState State { get; init; }

    /// <summary>When a person said that it is done; null while nobody has.</summary>
    public Instant? ProvenAt { get; init; }

    /// <summary>Who said so.</summary>
    public string? Detail { get; init; }
}

/// <summary>A row of <c>enforcement_node</c>.</summary>
public sealed record EnforcementNode
{
    /// <summary>The machine.</summary>
    public required string Node { get; init; }

    /// <summary>What stops the packets there.</summary>
    public required string BackEnd { get; init; }

    /// <summary>When it was last read back whole and was as it should be; null when never.</summary>
    public Instant? ComparedAt { get; init; }

    /// <summary>Entries in force.</summary>
    public required long Elements { get; init; }

    /// <summary>Entries that others had changed and that were put right, since the program started.</summary>
    public required long Drift { get; init; }

    /// <summary>What keeps it from enforcing; null when nothing does.</summary>
    public string? Problem { get; init; }
}
