using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Charges extra storage when a month is over (C9): one row for each mailbox and month, once, whatever crashes.</summary>
public sealed class StorageChargeClerk(Database database, AbusePolicy policy, IClock clock) : IClerk
{
    private const long Batch = 100;

    /// <inheritdoc/>
    public string Name => "storage-charges";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var due = await database.ReadAsync(db => new MailboxStore(db).ToChargeAsync(StorageRules.LastMonthOver(now), Batch, stop), stop);
        foreach (var mailbox in due)
            await database.WriteAsync(db => ChargeAsync(db, mailbox, now, stop), stop);
        return due.Count;
    }

    private async Task ChargeAsync(DbSession db, MailboxRow mailbox, Instant now, CancellationToken stop)
    {
        var store = new StorageChargeStore(db);
        var through = StorageRules.LastMonthOver(now);
        if (await store.HoldAsync(mailbox.Id, stop) is not { } from || StorageRules.ParseMonth(from) > through)
            return;

        var months = StorageRules.Due(await store.ChangesOfAsync(mailbox.Id, stop), StorageRules.ParseMonth(from), now);
        await store.ChargeAsync([.. months.Select(m => Charge(mailbox, m, now))], stop);
        await store.ChargedThroughAsync(mailbox.Id, through, stop);
    }

    private NewStorageCharge Charge(MailboxRow mailbox, StorageMonth month, Instant now)
    {
        var price = StorageRules.Price(policy.Terms, month.Steps);
        return new NewStorageCharge
        {
            Mailbox = mailbox.Id,
            Customer = mailbox.CustomerId,
            Month = month.Month,
            Steps = month.Steps,
            Amount = price.Value,
            Clause = price.Clause,
            PolicyRevision = policy.Revision,
            ChargedAt = now,
        };
    }
}
