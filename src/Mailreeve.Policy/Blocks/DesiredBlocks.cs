using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>
/// What should be enforced at a moment: a pure function of the blocks, of what is never blocked, and of the time. Whoever enforces compares it
/// with what is in force and makes that the same.
/// </summary>
/// <remarks>
/// It is the union of the blocks, so that one of two on an address may end without opening it. What is never blocked is taken out of it,
/// also out of the middle of a prefix, and is in the list <see cref="EnforcedList.Never"/> besides. Addresses stay single where no prefix
/// covers them: one block more or less changes one element, and single addresses are what a packet filter looks up fastest.
/// </remarks>
public sealed class DesiredBlocks
{
    private readonly DisjointPrefixes never4;
    private readonly DisjointPrefixes never6;
    private readonly IReadOnlyList<Prefix> never;

    /// <summary>For these entries that are never blocked.</summary>
    public DesiredBlocks(IEnumerable<NeverBlockEntry> never)
    {
        var prefixes = never.Select(n => n.Prefix).ToList();
        never4 = DisjointPrefixes.Of(prefixes.Where(p => p.IsIPv4));
        never6 = DisjointPrefixes.Of(prefixes.Where(p => !p.IsIPv4));
        this.never = [.. never4.InOrder, .. never6.InOrder];
    }

    /// <summary>Everything that should be enforced at <paramref name="now"/>. Elements of one list never overlap.</summary>
    /// <param name="blocks">All blocks; those whose time is not now are passed over.</param>
    /// <param name="now">The time.</param>
    /// <param name="withNever">Whether what is never blocked is listed too, besides having been taken out of the rest.</param>
    public HashSet<EnforcedElement> At(IEnumerable<BlockTarget> blocks, Instant now, bool withNever = true)
    {
        var elements = Of(blocks.Where(b => b.IsInForce(now)));
        if (withNever)
            elements.UnionWith(never.Select(p => new EnforcedElement(EnforcedList.Never, p)));
        return elements;
    }

    /// <summary>What these blocks are together, whatever their time: without what is never blocked, which is not listed either.</summary>
    public HashSet<EnforcedElement> Of(IEnumerable<BlockTarget> blocks)
    {
        var elements = new HashSet<EnforcedElement>();
        // Scope by scope, and in it: single addresses, prefixes of IPv4, prefixes of IPv6.
        var found = new Dictionary<BlockScope, (List<Address> Singles, List<Prefix> IPv4, List<Prefix> IPv6)>();
        foreach (var block in blocks)
        {
            if (!found.TryGetValue(block.Scope, out var of))
                found.Add(block.Scope, of = ([], [], []));
            if (block.Prefix.IsSingle)
                of.Singles.Add(block.Prefix.First);
            else
                (block.Prefix.IsIPv4 ? of.IPv4 : of.IPv6).Add(block.Prefix);
        }

        foreach (var (scope, (singles, ipv4, ipv6)) in found)
            Add(elements, ListOf(scope), singles, DisjointPrefixes.Of(ipv4), DisjointPrefixes.Of(ipv6));
        return elements;
    }

    /// <summary>Whether a single address should be an element of its own: a block names it, and it may be blocked.</summary>
    /// <param name="address">The address.</param>
    /// <param name="scope">The kind of traffic.</param>
    /// <param name="covering">All blocks that cover the address, of any scope and time.</param>
    /// <param name="now">The time.</param>
    /// <returns>What <see cref="At"/> would say, without a look at all the others; null when a prefix that is blocked covers the address and decides.</returns>
    public bool? HasSingle(Address address, BlockScope scope, IEnumerable<BlockTarget> covering, Instant now)
    {
        var named = false;
        foreach (var block in covering)
        {
            if (block.Scope != scope || !block.IsInForce(now))
                continue;
            if (block.Prefix.IsSingle)
                named = true;
            else if (block.Prefix.IsIPv4 == address.IsIPv4)
                return null;
        }

        return named && !NeverOf(address.IsIPv4).Contains(Prefix.Single(address));
    }

    /// <summary>The largest prefixes of which <paramref name="prefix"/> is made up, without what is never blocked; none when all of it is.</summary>
    public IReadOnlyList<Prefix> Parts(Prefix prefix)
    {
        var left = new List<Prefix>();
        NeverOf(prefix.IsIPv4).Subtract(prefix, left);
        return left;
    }

    /// <summary>Whether nothing of the prefix may ever be blocked, so that a block of it stops nothing.</summary>
    public bool IsNever(Prefix prefix) => NeverOf(prefix.IsIPv4).Contains(prefix);

    /// <summary>The list of a scope.</summary>
    public static EnforcedList ListOf(BlockScope scope) => scope switch
    {
        BlockScope.All => EnforcedList.All,
        BlockScope.Port25 => EnforcedList.Port25,
        _ => throw new ArgumentOutOfRangeException(nameof(scope)),
    };

    private DisjointPrefixes NeverOf(bool isIPv4) => isIPv4 ? never4 : never6;

    private void Add(HashSet<EnforcedElement> elements, EnforcedList list, List<Address> singles, DisjointPrefixes ipv4, DisjointPrefixes ipv6)
    {
        var left = new List<Prefix>();
        foreach (var prefix in ipv4.InOrder)
            never4.Subtract(prefix, left);
        foreach (var prefix in ipv6.InOrder)
            never6.Subtract(prefix, left);
        elements.UnionWith(left.Select(p => new EnforcedElement(list, p)));
        elements.EnsureCapacity(elements.Count + singles.Count);
        foreach (var address in singles)
        {
            var single = Prefix.Single(address);
            var isIPv4 = address.IsIPv4;
            if (!(isIPv4 ? ipv4 : ipv6).Contains(single) && !NeverOf(isIPv4).Contains(single))
                elements.Add(new EnforcedElement(list, single));
        }
    }
}
