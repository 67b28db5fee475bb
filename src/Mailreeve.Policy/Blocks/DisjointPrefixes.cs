using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>The union of some prefixes of one address family, as the fewest of them that cover it. A look-up is a binary search. Immutable.</summary>
internal sealed class DisjointPrefixes
{
    /// <summary>Nothing.</summary>
    public static readonly DisjointPrefixes None = new([]);

    private readonly Prefix[] inOrder;
    private readonly Address[] firsts;

    private DisjointPrefixes(Prefix[] inOrder)
    {
        this.inOrder = inOrder;
        firsts = Array.ConvertAll(inOrder, p => p.First);
    }

    /// <summary>The prefixes, lowest first.</summary>
    public IReadOnlyList<Prefix> InOrder => inOrder;

    /// <summary>The union of these.</summary>
    public static DisjointPrefixes Of(IEnumerable<Prefix> prefixes)
    {
        var kept = new List<Prefix>();
        // Of two that begin alike, the one that covers the other comes first; and two prefixes never cross.
        foreach (var prefix in prefixes.OrderBy(p => p.First).ThenBy(p => p.Length))
        {
            if (kept.Count == 0 || !kept[^1].Contains(prefix))
                kept.Add(prefix);
        }

        return kept.Count == 0 ? None : new DisjointPrefixes([.. kept]);
    }

    /// <summary>Whether all of <paramref name="prefix"/> lies in one of these.</summary>
    public bool Contains(Prefix prefix)
    {
        var at = Array.BinarySearch(firsts, prefix.First);
        if (at < 0)
            at = ~at - 1;
        return at >= 0 && inOrder[at].Contains(prefix);
    }

    /// <summary>Adds to <paramref name="left"/> the largest prefixes that make up what is in <paramref name="whole"/> and not in these.</summary>
    public void Subtract(Prefix whole, List<Prefix> left)
    {
        if (Contains(whole))
            return;
        if (!Begins(whole))
        {
            left.Add(whole);
            return;
        }

        // At most 128 deep: a prefix of one address is either in these or not.
        Subtract(new Prefix(whole.First, whole.Length + 1), left);
        Subtract(new Prefix(whole.Last, whole.Length + 1), left);
    }

    // Whether one of these lies in the prefix.
    private bool Begins(Prefix prefix)
    {
        var at = Array.BinarySearch(firsts, prefix.First);
        if (at < 0)
            at = ~at;
        return at < inOrder.Length && prefix.Contains(inOrder[at]);
    }
}
