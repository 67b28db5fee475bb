using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>
/// Blocks as entries that a bouncer keeps: what must stop altogether, each address or prefix once, with the block that stops it longest. Pure.
/// </summary>
/// <remarks>
/// A bouncer forgets an entry by itself when its time is over. So of two blocks on one address the longer one counts; and what is never blocked
/// is cut out, for a bouncer knows nothing of it.
/// </remarks>
public static class BouncerEntries
{
    /// <summary>Addresses of one prefix, at most, that are listed one by one for a bouncer that takes no ranges.</summary>
    public const int ExpandedMax = 256;

    /// <summary>The entries of these blocks, whatever their time. Those of port 25 alone are none: a bouncer stops everything or nothing.</summary>
    /// <param name="desired">Has what is never blocked.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="takesRanges">Whether the bouncer takes prefixes. Otherwise their addresses are listed, as far as <see cref="ExpandedMax"/> allows.</param>
    public static Dictionary<Prefix, T> Of<T>(DesiredBlocks desired, IEnumerable<T> blocks, bool takesRanges)
        where T : BlockTarget
    {
        var longest = new Dictionary<Prefix, T>();
        foreach (var block in blocks)
        {
            if (block.Scope == BlockScope.All && (!longest.TryGetValue(block.Prefix, out var other) || other.ExpiresAt < block.ExpiresAt))
                longest[block.Prefix] = block;
        }

        var lengths = longest.Keys.Select(p => p.Length).Distinct().ToList();
        var entries = new Dictionary<Prefix, T>(longest.Count);
        foreach (var (_, prefix) in desired.Of(longest.Values))
        {
            if (takesRanges || prefix.IsSingle)
                entries[prefix] = LongestOver(prefix, longest, lengths);
            else if (prefix.Count <= ExpandedMax)
                Expand(prefix, longest, lengths, entries);
        }

        return entries;
    }

    /// <summary>Whether all of a block becomes entries of the bouncer.</summary>
    public static bool CanTake(DesiredBlocks desired, BlockTarget block, bool takesRanges) =>
        block.Scope == BlockScope.All && (takesRanges || desired.Parts(block.Prefix).All(p => p.Count <= ExpandedMax));

    private static void Expand<T>(Prefix prefix, Dictionary<Prefix, T> longest, List<int> lengths, Dictionary<Prefix, T> entries)
        where T : BlockTarget
    {
        for (ulong i = 0; i < prefix.Count; i++)
        {
            var single = Prefix.Single(new Address(prefix.First.Bits + i));
            entries[single] = LongestOver(single, longest, lengths);
        }
    }

    // One of the blocks covers it, or it would be no entry. ::/0 says nothing about IPv4.
    private static T LongestOver<T>(Prefix prefix, Dictionary<Prefix, T> blocks, List<int> lengths)
        where T : BlockTarget
    {
        T? longest = null;
        foreach (var length in lengths)
        {
            if (length <= prefix.Length && blocks.TryGetValue(new Prefix(prefix.First, length), out var block)
                && block.Prefix.IsIPv4 == prefix.IsIPv4 && (longest is null || longest.ExpiresAt < block.ExpiresAt))
                longest = block;
        }

        return longest!;
    }
}
