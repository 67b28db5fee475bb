using Mailreeve.Policy;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Domains of customers whose mail is kept here.</summary>
public sealed class MailDomainStore(DbSession db)
{
    /// <summary>Takes a domain in.</summary>
    /// <returns><see langword="false"/> when it is here already, whoever has it.</returns>
    public async Task<bool> AddAsync(string name, CustomerId customer, Instant now, CancellationToken stop)
    {
        var added = await db.ExecuteAsync("""
            INSERT INTO mail_domain (name, customer_id, created_at)
            VALUES (@lower, @customer, @now)
            ON CONFLICT (name) DO NOTHING
            """, new { lower = name.ToLowerInvariant(), customer, now }, stop) == 1;
        return await RecordAsync(added, stop);
    }

    /// <summary>Gives a domain up; mail for it is no longer kept here.</summary>
    /// <returns><see langword="false"/> when it is not here, or a mailbox that has not ended has an address in it.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken stop)
    {
        var removed = await db.ExecuteAsync("""
            DELETE FROM mail_domain
            WHERE  name = @lower
            AND    NOT EXISTS (SELECT 1
                               FROM   mailbox_address a
                               JOIN   mailbox m ON m.id = a.mailbox_id
                               WHERE  m.state <> 'ended' AND a.address LIKE '%@' || @lower)
            """, new { lower = name.ToLowerInvariant() }, stop) == 1;
        return await RecordAsync(removed, stop);
    }

    /// <summary>Says where mail for unknown names of a domain goes; null refuses it, as is usual.</summary>
    /// <returns><see langword="false"/> when the domain is not here.</returns>
    public async Task<bool> SetCatchAllAsync(string name, MailboxId? mailbox, CancellationToken stop)
    {
        var set = await db.ExecuteAsync("""
            UPDATE mail_domain
            SET    catch_all_id = @mailbox
            WHERE  name = @lower
            """, new { lower = name.ToLowerInvariant(), mailbox }, stop) == 1;
        return await RecordAsync(set, stop);
    }

    /// <summary>All of them, by name.</summary>
    public Task<IReadOnlyList<MailDomainEntry>> AllAsync(CancellationToken stop) =>
        db.QueryAsync<MailDomainEntry>("""
            SELECT name, customer_id, catch_all_id AS catch_all
            FROM   mail_domain
            ORDER  BY name
            """, null, stop);

    private async Task<bool> RecordAsync(bool changed, CancellationToken stop)
    {
        if (changed)
            await db.RecordChangeAsync(ChangeKind.MailDomain, 0, stop);
        return changed;
    }
}
