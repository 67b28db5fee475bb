using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Import;

/// <summary>Carries out what an accounts file changes about mailboxes. A new one has no password until one is set.</summary>
internal sealed class MailboxImport(DbSession db, Instant now)
{
    private static readonly Actor By = Actor.Operator("accounts file");

    public async Task CarryOutAsync(CustomerPlan plan, CustomerId customer, CancellationToken stop)
    {
        foreach (var domain in plan.MailDomains)
            await new MailDomainStore(db).AddAsync(domain, customer, now, stop);
        // What one mailbox gives up another may get.
        foreach (var (wanted, old) in plan.Mailboxes.Where(m => m.Old is not null))
            await GiveUpAsync(wanted, old!, stop);
        foreach (var (wanted, old) in plan.Mailboxes)
            await TakeAsync(wanted, old, customer, stop);
    }

    private async Task GiveUpAsync(MailboxAccount wanted, MailboxAccount old, CancellationToken stop)
    {
        var id = (await new MailboxStore(db).FindByAddressAsync(old.Address, stop))!.Id;
        foreach (var alias in old.Aliases.Except(wanted.Aliases))
            await new MailboxStore(db).RemoveAliasAsync(id, alias, stop);
        foreach (var domain in old.CatchAllOf.Except(wanted.CatchAllOf))
            await new MailDomainStore(db).SetCatchAllAsync(domain, null, stop);
    }

    private async Task TakeAsync(MailboxAccount wanted, MailboxAccount? old, CustomerId customer, CancellationToken stop)
    {
        var store = new MailboxStore(db);
        var id = old is null
            ? (await store.AddAsync(new NewMailbox(customer, wanted.Address, null, now), stop))!.Value
            : (await store.FindByAddressAsync(wanted.Address, stop))!.Id;
        foreach (var alias in wanted.Aliases.Except(old?.Aliases ?? []))
            await store.AddAliasAsync(id, alias, stop);
        foreach (var domain in wanted.CatchAllOf.Except(old?.CatchAllOf ?? []))
            await new MailDomainStore(db).SetCatchAllAsync(domain, id, stop);
        await new StorageChargeStore(db).SetStepsAsync(id, wanted.Steps, By, now, stop);
        var state = old?.State ?? MailboxState.Active;
        if (state != wanted.State)
            await store.SetStateAsync(id, state, wanted.State, now, stop);
    }
}
