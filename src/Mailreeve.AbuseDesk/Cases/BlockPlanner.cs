using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>Finds out what a block would hit before it is decided.</summary>
internal sealed class BlockPlanner(AbusePolicy policy, Provider provider, LiveViews views)
{
    /// <summary>The facts about the blocks that the ladder of this case may ask for, but for the sites that they would hit.</summary>
    public CaseFacts FactsFor(AbuseCase open, Instant now)
    {
        var directory = views.Directory;
        var facts = new CaseFacts();
        var measures = policy.LadderOf(open.Kind).Rungs.Select(r => r.Measure).ToHashSet();
        if (measures.Contains(RungMeasure.BlockAddress) && ResourcePrefix(open) is { } prefix)
            facts = facts with { AddressBlock = FactsFor(directory, open, [prefix], now) };
        if (measures.Contains(RungMeasure.BlockCustomer) || measures.Contains(RungMeasure.BlockPort25))
            facts = facts with { CustomerBlock = FactsFor(directory, open, directory.ReachOf(open.Customer, [], now), now) };
        return facts;
    }

    /// <summary>The same facts with those sites.</summary>
    public async Task<CaseFacts> WithSitesAsync(DbSession db, AbuseCase open, CaseFacts facts, Instant now, CancellationToken stop) => facts with
    {
        AddressBlock = facts.AddressBlock with { OtherSites = await SitesAsync(db, open, facts.AddressBlock.Prefixes, now, stop) },
        CustomerBlock = facts.CustomerBlock with { OtherSites = await SitesAsync(db, open, facts.CustomerBlock.Prefixes, now, stop) },
    };

    /// <summary>The mailbox or service that a case is about, where that is certain; null when a person must say which.</summary>
    public async Task<SuspensionTarget?> SuspensionOfAsync(DbSession db, AbuseCase open, Instant now, CancellationToken stop)
    {
        var tree = views.Directory.TreeOf(open.Customer);
        var assigned = ResourcePrefix(open) is { } prefix ? views.Directory.Covering(prefix.First)
            : open.Resource.Kind == ResourceKind.Domain ? views.Directory.Owning(open.Resource.Name)
            : [];
        return SuspensionRules.TargetOf(
            open.Resource, MailboxOf(open.Resource.Name, tree), await new CustomerStore(db).ServicesNowAsync(tree, stop),
            assigned.FirstOrDefault(a => a.HeldAt(now))?.Service);
    }

    /// <summary>All that a person may choose from, in a case where it is not certain: mailboxes and services of the customer and of those below it.</summary>
    public async Task<IReadOnlyList<SuspensionTarget>> ChoicesAsync(DbSession db, AbuseCase open, CancellationToken stop)
    {
        var tree = views.Directory.TreeOf(open.Customer);
        return
        [
            .. (await new CustomerStore(db).ServicesNowAsync(tree, stop)).Where(s => s.State != ServiceState.Ended).Select(s => new SuspensionTarget.OfService(s)),
            .. tree.SelectMany(views.Mailboxes.OfCustomer).Where(m => m.State != MailboxState.Ended)
                .Select(m => new SuspensionTarget.OfMailbox(m.Id, m.CustomerId, m.Address)),
        ];
    }

    private SuspensionTarget.OfMailbox? MailboxOf(string address, IReadOnlyList<CustomerId> tree) =>
        views.Mailboxes.Find(address) is { } entry && entry.State != MailboxState.Ended && tree.Contains(entry.CustomerId)
            ? new SuspensionTarget.OfMailbox(entry.Id, entry.CustomerId, entry.Address)
            : null;

    private BlockFacts FactsFor(Directory directory, AbuseCase open, IReadOnlyList<Prefix> prefixes, Instant now)
    {
        var never = provider.NeverBlock.FirstOrDefault(n => prefixes.Any(p => p.Overlaps(n.Prefix)));
        var own = directory.TreeOf(open.Customer).ToHashSet();
        var others = prefixes
            .SelectMany(p => p.IsSingle ? directory.Covering(p.First).Take(1) : directory.Overlapping(p))
            .Where(a => a.HeldAt(now))
            .Select(a => a.Customer)
            .Where(c => !own.Contains(c) && !IsUpstreamOf(directory, c, open.Customer))
            .Distinct()
            .Count();
        return new BlockFacts(prefixes, never, others);
    }

    // An address of a downstream often has a name in its upstream's domain.
    private async Task<IReadOnlyList<string>> SitesAsync(DbSession db, AbuseCase open, IReadOnlyList<Prefix> prefixes, Instant now, CancellationToken stop)
    {
        var directory = views.Directory;
        var meant = directory.TreeOf(open.Customer).Concat(directory.ChainIdsOf(open.Customer)).ToHashSet();
        var known = await new HostStore(db).AtAsync(prefixes, SiteReach.KnownMax, stop);
        return SiteReach.Others(known.Select(h => directory.SiteAt(h.Host, h.Address, now)), meant);
    }

    private static bool IsUpstreamOf(Directory directory, CustomerId candidate, CustomerId customer) =>
        directory.ChainOf(customer).Any(c => c.Id == candidate);

    private static Prefix? ResourcePrefix(AbuseCase open) =>
        open.Resource.Kind is ResourceKind.Address or ResourceKind.Prefix && Prefix.TryParse(open.Resource.Name, out var prefix)
            ? prefix
            : null;
}
