using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>Finds out what a block would hit before it is decided.</summary>
internal sealed class BlockPlanner(AbusePolicy policy, Provider provider, LiveViews views)
{
    /// <summary>The facts about the blocks that the ladder of this case may ask for.</summary>
    public async Task<CaseFacts> FactsForAsync(DbSession db, AbuseCase open, Instant now, CancellationToken stop)
    {
        var directory = views.Directory;
        var facts = new CaseFacts();
        var measures = policy.LadderOf(open.Kind).Rungs.Select(r => r.Measure).ToHashSet();
        if (measures.Contains(RungMeasure.BlockAddress) && ResourcePrefix(open) is { } prefix)
            facts = facts with { AddressBlock = await FactsForAsync(db, open, [prefix], now, stop) };
        if (measures.Contains(RungMeasure.BlockCustomer) || measures.Contains(RungMeasure.BlockPort25))
            facts = facts with { CustomerBlock = await FactsForAsync(db, open, views.Directory.ReachOf(open.Customer, [], now), now, stop) };
        return facts;
    }

    private async Task<BlockFacts> FactsForAsync(DbSession db, AbuseCase open, IReadOnlyList<Prefix> prefixes, Instant now, CancellationToken stop)
    {
        var directory = views.Directory;
        var never = provider.NeverBlock.FirstOrDefault(n => prefixes.Any(p => p.Overlaps(n.Prefix)));
        var own = directory.TreeOf(open.Customer).ToHashSet();
        var others = prefixes
            .SelectMany(p => p.IsSingle ? directory.Covering(p.First).Take(1) : directory.Overlapping(p))
            .Where(a => a.HeldAt(now))
            .Select(a => a.Customer)
            .Where(c => !own.Contains(c) && !IsUpstreamOf(directory, c, open.Customer))
            .Distinct()
            .Count();
        // An address of a downstream often has a name in its upstream's domain.
        own.UnionWith(directory.ChainIdsOf(open.Customer));
        var known = await new HostStore(db).AtAsync(prefixes, stop);
        return new BlockFacts(prefixes, never, others) { OtherSites = SiteReach.Others(known.Select(h => directory.SiteAt(h.Host, h.Address, now)), own) };
    }

    private static bool IsUpstreamOf(Directory directory, CustomerId candidate, CustomerId customer) =>
        directory.ChainOf(customer).Any(c => c.Id == candidate);

    private static Prefix? ResourcePrefix(AbuseCase open) =>
        open.Resource.Kind is ResourceKind.Address or ResourceKind.Prefix && Prefix.TryParse(open.Resource.Name, out var prefix)
            ? prefix
            : null;
}
