using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>Which addresses a customer has, so that a block of all of them hits nobody else. Pure.</summary>
public static class CustomerReach
{
    /// <summary>The fewest prefixes that cover the addresses whose most specific prefix is the customer's, lowest first; IPv4 before IPv6.</summary>
    /// <param name="own">Prefixes of the customer and of those below it.</param>
    /// <param name="others">Prefixes of anybody else. One that both have is the customer's.</param>
    public static IReadOnlyList<Prefix> Of(IReadOnlyCollection<Prefix> own, IReadOnlyCollection<Prefix> others) =>
        [.. OfFamily(own, others, isIPv4: true), .. OfFamily(own, others, isIPv4: false)];

    private static IReadOnlyList<Prefix> OfFamily(IReadOnlyCollection<Prefix> own, IReadOnlyCollection<Prefix> others, bool isIPv4)
    {
        var mine = own.Where(p => p.IsIPv4 == isIPv4).ToList();
        var inside = others.Where(o => o.IsIPv4 == isIPv4 && mine.Exists(p => p != o && p.Contains(o))).ToList();
        var reach = DisjointPrefixes.Of(mine).InOrder;
        if (inside.Count == 0)
            return reach;

        // The wider ones first, and what is more specific has the last word.
        reach = [];
        foreach (var (prefix, isMine) in inside.Select(p => (p, false)).Concat(mine.Select(p => (p, true))).OrderBy(p => p.Item1.Length).ThenBy(p => p.Item2))
        {
            if (isMine)
            {
                reach = DisjointPrefixes.Of([.. reach, prefix]).InOrder;
                continue;
            }

            var left = new List<Prefix>();
            foreach (var one in reach)
                DisjointPrefixes.Of([prefix]).Subtract(one, left);
            reach = left;
        }

        return reach;
    }
}
