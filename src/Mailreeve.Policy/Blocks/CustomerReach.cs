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

    private static IEnumerable<Prefix> OfFamily(IReadOnlyCollection<Prefix> own, IReadOnlyCollection<Prefix> others, bool isIPv4)
    {
        var reach = new List<Prefix>();
        // Those around the next prefix, each inside of the one below it and of the other party: two prefixes never cross.
        var around = new Stack<Part>();
        foreach (var part in own.Select(p => new Part(p, IsMine: true)).Concat(others.Except(own).Select(p => new Part(p, IsMine: false)))
            .Where(p => p.Prefix.IsIPv4 == isIPv4).OrderBy(p => p.Prefix.First).ThenBy(p => p.Prefix.Length))
        {
            while (around.TryPeek(out var ended) && !ended.Prefix.Contains(part.Prefix))
                Add(around.Pop(), reach);
            var outer = around.TryPeek(out var found) ? found : null;
            // What is not inside of anything of the customer's takes nothing away from it.
            if ((outer?.IsMine ?? false) == part.IsMine)
                continue;
            outer?.Inside.Add(part.Prefix);
            around.Push(part);
        }

        while (around.TryPop(out var part))
            Add(part, reach);
        return reach.OrderBy(p => p.First);
    }

    private static void Add(Part part, List<Prefix> reach)
    {
        if (part.IsMine)
            DisjointPrefixes.Of(part.Inside).Subtract(part.Prefix, reach);
    }

    private sealed record Part(Prefix Prefix, bool IsMine)
    {
        // What the other party has directly inside.
        public List<Prefix> Inside { get; } = [];
    }
}
