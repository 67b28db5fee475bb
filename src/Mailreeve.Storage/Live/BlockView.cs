using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Live;

/// <summary>One block, as those who enforce it need it.</summary>
public sealed record BlockEntry : BlockTarget
{
    /// <summary>The block.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The case it belongs to; null for an entry of an operator.</summary>
    public CaseId? Case { get; init; }

    /// <summary>Whose addresses they are; null for those of others.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>The clause it rests on.</summary>
    public required ClauseId Clause { get; init; }
}

/// <summary>Blocks in force, held in memory. A snapshot: take it once and ask it as often as you like.</summary>
public sealed class BlockView
{
    /// <summary>No blocks.</summary>
    public static readonly BlockView Empty = new(PrefixMap<BlockEntry>.Empty, ImmutableDictionary<BlockId, BlockEntry>.Empty);

    private readonly PrefixMap<BlockEntry> byPrefix;
    private readonly ImmutableDictionary<BlockId, BlockEntry> byId;
    private BlockEntry[]? inOrder;

    private BlockView(PrefixMap<BlockEntry> byPrefix, ImmutableDictionary<BlockId, BlockEntry> byId)
    {
        this.byPrefix = byPrefix;
        this.byId = byId;
    }

    /// <summary>How many.</summary>
    public int Count => byId.Count;

    /// <summary>The block that stops mail from or to this address now, the most specific one.</summary>
    /// <remarks>Both scopes stop mail between servers, in both directions (C4: traffic to and from the address).</remarks>
    public bool TryFind(Address address, Instant now, [MaybeNullWhen(false)] out BlockEntry entry) =>
        byPrefix.TryFind(address, now, static (block, now) => block.IsInForce(now), out entry);

    /// <summary>All blocks, of any time, in no order.</summary>
    public IEnumerable<BlockEntry> All => byId.Values;

    /// <summary>A block, or null when it is not in force any more.</summary>
    public BlockEntry? Find(BlockId id) => byId.GetValueOrDefault(id);

    /// <summary>All blocks that cover the address, of any time, the most specific first.</summary>
    public IEnumerable<BlockEntry> Covering(Address address) => byPrefix.Covering(address);

    /// <summary>All blocks, of any time, that have an address of the prefix: each covers it, or lies in it.</summary>
    public IEnumerable<BlockEntry> Overlapping(Prefix prefix)
    {
        foreach (var block in byPrefix.Covering(prefix.First))
        {
            if (block.Prefix.Contains(prefix))
                yield return block;
        }

        if (prefix.IsSingle)
            yield break;
        var ordered = inOrder ??= [.. byId.Values.OrderBy(b => b.Prefix.First)];
        var low = 0;
        for (var high = ordered.Length; low < high;)
        {
            var middle = (low + high) / 2;
            if (ordered[middle].Prefix.First.CompareTo(prefix.First) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        for (; low < ordered.Length && prefix.Contains(ordered[low].Prefix.First); low++)
        {
            // Those that begin where it does and are as wide were listed above.
            if (!ordered[low].Prefix.Contains(prefix))
                yield return ordered[low];
        }
    }

    internal static BlockView From(IReadOnlyList<BlockEntry> entries) =>
        new(PrefixMap<BlockEntry>.From(entries.Select(e => (e.Prefix, e))), entries.ToImmutableDictionary(e => e.Id));

    internal BlockView With(BlockId id, BlockEntry? entry)
    {
        var (map, ids) = (byPrefix, byId);
        if (ids.TryGetValue(id, out var old))
            (map, ids) = (map.Remove(old.Prefix, e => e.Id == id), ids.Remove(id));
        if (entry is not null)
            (map, ids) = (map.Add(entry.Prefix, entry), ids.Add(id, entry));
        return new BlockView(map, ids);
    }
}
