using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>webhook_order</c>: what webhooks are to be told about blocks.</summary>
public sealed class WebhookStore(DbSession db)
{
    /// <summary>What the webhooks are called as a back end.</summary>
    public const string BackEnd = "webhook";

    /// <summary>Writes orders; one that was written before stays as it is.</summary>
    /// <returns>How many are new.</returns>
    public Task<int> AddAsync(IReadOnlyList<WebhookOrder> orders, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO webhook_order (webhook, block_id, is_block, attempts, next_at)",
            orders, o => [o.Webhook, o.BlockId, o.IsBlock, o.Attempts, o.NextAt], "ON CONFLICT DO NOTHING", stop);

    /// <summary>Notes where orders stand now.</summary>
    public Task<int> SaveAsync(IReadOnlyList<WebhookOrder> orders, CancellationToken stop) =>
        db.ExecuteManyAsync(
            "UPDATE webhook_order SET is_block = $3, attempts = $4, next_at = $5 WHERE webhook = $1 AND block_id = $2",
            orders, o => [o.Webhook, o.BlockId, o.IsBlock, o.Attempts, o.NextAt], stop);

    /// <summary>All orders to be in force.</summary>
    public Task<IReadOnlyList<WebhookOrder>> StandingAsync(CancellationToken stop) =>
        db.QueryAsync<WebhookOrder>("SELECT * FROM webhook_order WHERE is_block = 1", null, stop);

    /// <summary>Orders that these blocks be in force.</summary>
    public async Task<IReadOnlyList<WebhookOrder>> StandingAsync(IReadOnlyCollection<BlockId> blocks, CancellationToken stop)
    {
        var orders = new List<WebhookOrder>();
        foreach (var some in blocks.Chunk(DbSession.ListMax))
        {
            orders.AddRange(await db.QueryAsync<WebhookOrder>(
                $"SELECT * FROM webhook_order WHERE is_block = 1 AND {db.IsAnyOf("block_id", "ids")}", new { ids = some.Select(b => b.Value).ToArray() }, stop));
        }

        return orders;
    }

    /// <summary>Orders of a webhook whose turn it is, the longest overdue first.</summary>
    public Task<IReadOnlyList<WebhookOrder>> DueAsync(string webhook, Instant now, long limit, CancellationToken stop) =>
        db.QueryAsync<WebhookOrder>("""
            SELECT *
            FROM   webhook_order
            WHERE  next_at <= @now AND webhook = @webhook
            ORDER  BY next_at, block_id
            LIMIT  @limit
            """, new { now, webhook, limit }, stop);
}

/// <summary>A row of <c>webhook_order</c>.</summary>
public sealed record WebhookOrder
{
    /// <summary>Who is told.</summary>
    public required string Webhook { get; init; }

    /// <summary>About which block.</summary>
    public required BlockId BlockId { get; init; }

    /// <summary>1 when it is to be in force there, 0 when it is to be over.</summary>
    public required long IsBlock { get; init; }

    /// <summary>How often it was told.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it is told, or asked again; null when it has said that it is so.</summary>
    public Instant? NextAt { get; init; }
}
