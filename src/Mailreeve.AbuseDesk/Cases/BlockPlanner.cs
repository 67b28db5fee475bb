using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>Finds out what a block would hit before it is decided.</summary>
internal sealed class BlockPlanner(AbusePolicy policy, Provider provider, LiveViews views)
{
    /// <summary>The facts about the blocks that the ladder of this case may ask for.</summary>
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

    private static bool IsUpstreamOf(Directory directory, CustomerId candidate, CustomerId customer) =>
        directory.ChainOf(customer).Any(c => c.Id == candidate);

    private static Prefix? ResourcePrefix(AbuseCase open) =>
        open.Resource.Kind is ResourceKind.Address or ResourceKind.Prefix && Prefix.TryParse(open.Resource.Name, out var prefix)
            ? prefix
            : null;
}
