using Mailreeve.Policy;
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
            ? RecordSameAsync(row, "id = ANY (@ids)", blocks, stop)
            : RecordSameAsync(row, "id IN (SELECT value FROM json_each(@ids))", $"[{string.Join(',', blocks)}]", stop);

    private Task<int> RecordSameAsync<T>(EnforcementRow row, string isAmong, T ids, CancellationToken stop) =>
        db.ExecuteAsync($"""
            INSERT INTO block_enforcement (block_id, node, back_end, state, since, proven_at, detail)
            SELECT id, @node, @backEnd, @state, @since, CAST(@provenAt AS BIGINT), CAST(@detail AS TEXT)
            FROM   block
            WHERE  {isAmong}
            ON CONFLICT (block_id, node, back_end) DO UPDATE
            SET state = excluded.state, since = excluded.since, proven_at = excluded.proven_at, detail = excluded.detail
            """, new { node = row.Node, backEnd = row.BackEnd, state = row.State, since = row.Since, provenAt = row.ProvenAt, detail = row.Detail, ids }, stop);

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
        var ids = blocks.Select(b => b.Id).ToList();
        return new EnforcedBlocks(blocks, (await OfAsync(ids, stop)).ToLookup(r => r.BlockId), await NodesAsync(stop))
        {
            Customers = await new CustomerBlockStore(db).InForceAsync(stop),
            OfLists = await new BlockStore(db).CountOfListsAsync(stop),
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
