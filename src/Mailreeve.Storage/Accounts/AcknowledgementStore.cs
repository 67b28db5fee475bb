using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Who has acknowledged which revision of the policy (D2).</summary>
public sealed class AcknowledgementStore(DbSession db)
{
    /// <summary>A customer acknowledges a revision that is kept in <see cref="PolicyRevisionStore"/>.</summary>
    /// <returns><see langword="false"/> when that was done before; the first time counts.</returns>
    public async Task<bool> AcknowledgeAsync(CustomerId customer, string revision, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            INSERT INTO policy_acknowledgement (customer_id, revision, acknowledged_at)
            VALUES (@customer, @revision, @now)
            ON CONFLICT (customer_id, revision) DO NOTHING
            """, new { customer, revision, now }, stop) == 1;

    /// <summary>What a customer has acknowledged, newest first.</summary>
    public Task<IReadOnlyList<AcknowledgementRow>> OfCustomerAsync(CustomerId customer, CancellationToken stop) =>
        db.QueryAsync<AcknowledgementRow>("""
            SELECT customer_id, revision, acknowledged_at
            FROM   policy_acknowledgement
            WHERE  customer_id = @customer
            ORDER  BY acknowledged_at DESC, revision DESC
            """, new { customer }, stop);

    /// <summary>Customers, not closed, who have yet to acknowledge a revision, by registration number.</summary>
    public Task<IReadOnlyList<CustomerFact>> MissingAsync(string revision, CancellationToken stop) =>
        db.QueryAsync<CustomerFact>("""
            SELECT id, reg_number, name, upstream_id AS upstream, state, time_zone
            FROM   customer
            WHERE  state <> 'closed'
            AND    id NOT IN (SELECT customer_id FROM policy_acknowledgement WHERE revision = @revision)
            ORDER  BY reg_number
            """, new { revision }, stop);
}

/// <summary>A row of <c>policy_acknowledgement</c>.</summary>
public sealed record AcknowledgementRow
{
    /// <summary>Who.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>What.</summary>
    public required string Revision { get; init; }

    /// <summary>When.</summary>
    public required Instant AcknowledgedAt { get; init; }
}
