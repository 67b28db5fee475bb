using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>customer_block</c>: all that a customer has is blocked. What that is at any time are rows of <c>block</c>.</summary>
public sealed class CustomerBlockStore(DbSession db)
{
    /// <summary>Places one, which as yet blocks nothing: see <see cref="BlockStore.PlaceAsync"/>.</summary>
    public Task PlaceAsync(NewCustomerBlock block, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO customer_block (id, customer_id, scope, clause, policy_revision, reason, placed_by, starts_at, expires_at, state)
            VALUES (@id, @customer, @scope, @clause, @policyRevision, @reason, @placedBy, @startsAt, @expiresAt, 'in-force')
            """,
            new
            {
                id = block.Id,
                customer = block.Customer,
                scope = block.Scope,
                clause = block.Clause,
                policyRevision = block.PolicyRevision,
                reason = block.Reason,
                placedBy = block.PlacedBy,
                startsAt = block.StartsAt,
                expiresAt = block.ExpiresAt,
            }, stop);

    /// <summary>Lifts one, and everything that is blocked because of it.</summary>
    /// <returns><see langword="false"/> when it is not in force any more.</returns>
    public async Task<bool> LiftAsync(long id, Actor by, string reason, Instant now, CancellationToken stop)
    {
        var lifted = await db.ExecuteAsync("""
            UPDATE customer_block
            SET    state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason
            WHERE  id = @id AND state = 'in-force'
            """, new { id, by, reason, now }, stop) == 1;
        if (lifted)
        {
            var blocks = await db.QueryAsync<BlockId>("SELECT id FROM block WHERE customer_block_id = @id AND state = 'in-force'", new { id }, stop);
            foreach (var some in blocks.Chunk(DbSession.ListMax))
                await new BlockStore(db).LiftAsync(some, by, reason, now, stop);
        }

        return lifted;
    }

    /// <summary>Ends those whose time is over; their blocks have the same time.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireAsync(Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE customer_block
            SET    state = 'expired', ended_at = @now, ended_by = 'policy', end_reason = 'Its time was over.'
            WHERE  state = 'in-force' AND expires_at <= @now
            """, new { now }, stop);

    /// <summary>Those in force, newest first.</summary>
    public Task<IReadOnlyList<CustomerBlockRow>> InForceAsync(CancellationToken stop) =>
        db.QueryAsync<CustomerBlockRow>("""
            SELECT c.*, k.reg_number, k.name AS customer_name
            FROM   customer_block c
            JOIN   customer k ON k.id = c.customer_id
            WHERE  c.state = 'in-force'
            ORDER  BY c.id DESC
            """, null, stop);

    /// <summary>Everything that is blocked because of any of them.</summary>
    public Task<IReadOnlyList<BlockRow>> BlocksAsync(CancellationToken stop) =>
        db.QueryAsync<BlockRow>("SELECT * FROM block WHERE customer_block_id IS NOT NULL AND state = 'in-force' ORDER BY id", null, stop);

    /// <summary>What customers have by sessions that are open: whole addresses and prefixes, not ports of shared ones.</summary>
    public async Task<ILookup<CustomerId, Prefix>> SessionPrefixesAsync(IReadOnlyCollection<CustomerId> customers, CancellationToken stop)
    {
        var rows = new List<SessionPrefix>();
        foreach (var some in customers.Chunk(DbSession.ListMax))
        {
            rows.AddRange(await db.QueryAsync<SessionPrefix>($"""
                SELECT customer_id, first_address, prefix_length
                FROM   address_session
                WHERE  {db.IsAnyOf("customer_id", "ids")} AND ended_at IS NULL AND first_port = 0 AND last_port = 65535
                """, new { ids = some.Select(c => c.Value).ToArray() }, stop));
        }

        return rows.ToLookup(r => r.CustomerId, r => new Prefix(r.FirstAddress, (int)r.PrefixLength));
    }

    private sealed record SessionPrefix
    {
        public required CustomerId CustomerId { get; init; }

        public required Address FirstAddress { get; init; }

        public required long PrefixLength { get; init; }
    }
}

/// <summary>A block of all that a customer has, to place.</summary>
public sealed record NewCustomerBlock : BlockDecision
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required long Id { get; init; }

    /// <summary>Whose addresses.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }
}

/// <summary>A row of <c>customer_block</c>.</summary>
public sealed record CustomerBlockRow : BlockDecision
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Whose addresses.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>That customer's registration number.</summary>
    public required string RegNumber { get; init; }

    /// <summary>That customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }
}
