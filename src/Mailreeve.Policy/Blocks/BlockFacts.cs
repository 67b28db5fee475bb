using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>What is known about a block before it is placed.</summary>
/// <param name="Prefixes">What it would cover; empty when there is nothing to block.</param>
/// <param name="NeverBlock">The first entry of the never-block list that it would hit, with its reason; null when none.</param>
/// <param name="OtherCustomers">Customers, other than those of the case, who have an address in it.</param>
public sealed record BlockFacts(IReadOnlyList<Prefix> Prefixes, NeverBlockEntry? NeverBlock, long OtherCustomers)
{
    /// <summary>A block that covers nothing.</summary>
    public static readonly BlockFacts Nothing = new([], null, 0);

    /// <summary>Sites of others that are known at its addresses (<see cref="SiteReach"/>), by name.</summary>
    public IReadOnlyList<string> OtherSites { get; init; } = [];

    /// <summary>Addresses it would cover; <see cref="ulong.MaxValue"/> when they are too many to count.</summary>
    public ulong Addresses => Sum(p => p.Count);

    /// <summary>The same, but of IPv6 each network of /64 counts as one: nobody is given less than that.</summary>
    public ulong Lines => Sum(p => p.IsIPv4 ? p.Count : p.Length == 0 ? ulong.MaxValue : 1UL << Math.Max(0, 64 - p.Length));

    private ulong Sum(Func<Prefix, ulong> size)
    {
        ulong sum = 0;
        foreach (var prefix in Prefixes)
            sum = size(prefix) > ulong.MaxValue - sum ? ulong.MaxValue : sum + size(prefix);
        return sum;
    }
}

/// <summary>Something that is never blocked: the provider's own machines, its upstreams, management.</summary>
public sealed record NeverBlockEntry(Prefix Prefix, string Reason);
