using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Reads mailboxes and mail domains as an accounts file shows them.</summary>
public sealed class MailAccountsStore(DbSession db)
{
    /// <summary>Those of one customer, or of all.</summary>
    /// <param name="customer">Whose; null for all.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<MailAccounts> ReadAsync(CustomerId? customer, CancellationToken stop)
    {
        var domains = (await new MailDomainStore(db).AllAsync(stop)).Where(d => customer is null || d.CustomerId == customer).ToList();
        var catchAlls = domains.Where(d => d.CatchAll is not null).ToLookup(d => d.CatchAll!.Value, d => d.Name);
        var aliases = (await db.QueryAsync<AliasRow>("""
            SELECT   a.address, a.mailbox_id
            FROM     mailbox_address a
            JOIN     mailbox m ON m.id = a.mailbox_id
            WHERE    a.address <> m.address
            AND      (CAST(@customer AS BIGINT) IS NULL OR m.customer_id = CAST(@customer AS BIGINT))
            ORDER BY a.address
            """, new { customer }, stop)).ToLookup(a => a.MailboxId, a => a.Address);
        var mailboxes = await db.QueryAsync<MailboxSeen>("""
            SELECT   id, customer_id, address, state, extra_steps
            FROM     mailbox
            WHERE    CAST(@customer AS BIGINT) IS NULL OR customer_id = CAST(@customer AS BIGINT)
            ORDER BY address
            """, new { customer }, stop);
        return new MailAccounts(
            [.. mailboxes.Select(m => new MailboxAccount
            {
                Customer = m.CustomerId,
                Address = m.Address,
                State = m.State,
                Steps = m.ExtraSteps,
                Aliases = [.. aliases[m.Id]],
                CatchAllOf = [.. catchAlls[m.Id]],
            })],
            [.. domains.Select(d => new MailDomainAccount(d.CustomerId, d.Name))]);
    }

    private sealed record AliasRow
    {
        public required string Address { get; init; }

        public required MailboxId MailboxId { get; init; }
    }

    private sealed record MailboxSeen
    {
        public required MailboxId Id { get; init; }

        public required CustomerId CustomerId { get; init; }

        public required string Address { get; init; }

        public required MailboxState State { get; init; }

        public required long ExtraSteps { get; init; }
    }
}
