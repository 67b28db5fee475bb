using Mailreeve.Policy;
using Mailreeve.Storage.Live;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Reads what <see cref="MailboxDirectory"/> holds.</summary>
internal sealed class MailboxViewStore(DbSession db)
{
    private const string Select = """
        SELECT id, customer_id, address, state, extra_steps, credentials_version, spam
        FROM   mailbox
        """;

    public async Task<MailboxDirectory> AllAsync(CancellationToken stop)
    {
        var addresses = (await db.QueryAsync<AddressRow>("SELECT address, mailbox_id FROM mailbox_address", null, stop))
            .ToLookup(a => a.MailboxId, a => a.Address);
        var mailboxes = await db.QueryAsync<MailboxEntry>(Select, null, stop);
        return MailboxDirectory.From(
            [.. mailboxes.Select(m => m with { Addresses = [.. addresses[m.Id]] })], await new MailDomainStore(db).AllAsync(stop));
    }

    public async Task<MailboxEntry?> FindAsync(MailboxId id, CancellationToken stop)
    {
        var entry = await db.SingleOrDefaultAsync<MailboxEntry>($"{Select} WHERE id = @id", new { id }, stop);
        var addresses = await db.QueryAsync<string>("SELECT address FROM mailbox_address WHERE mailbox_id = @id", new { id }, stop);
        return entry is null ? null : entry with { Addresses = [.. addresses] };
    }

    private sealed record AddressRow
    {
        public required string Address { get; init; }

        public required MailboxId MailboxId { get; init; }
    }
}
