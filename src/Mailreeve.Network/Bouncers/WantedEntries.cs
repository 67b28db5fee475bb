using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Network.Bouncers;

/// <summary>What should be the entries of every bouncer, for as long as no block changes, begins or ends. Immutable but for what it keeps.</summary>
internal sealed class WantedEntries
{
    private readonly DesiredBlocks desired;
    private readonly Instant from;
    private readonly Instant until;
    private Dictionary<Prefix, BlockEntry>? withRanges;
    private Dictionary<Prefix, BlockEntry>? withoutRanges;

    /// <summary>Of these blocks at this time.</summary>
    public WantedEntries(BlockView blocks, DesiredBlocks desired, Instant now)
    {
        (Blocks, this.desired, from, until) = (blocks, desired, now, Instant.MaxValue);
        InForce = [.. blocks.All.Where(b => b.IsInForce(now))];
        foreach (var block in blocks.All)
        {
            if (block.ExpiresAt > now)
                until = Instant.Min(until, block.StartsAt > now ? block.StartsAt : block.ExpiresAt);
        }
    }

    /// <summary>The blocks of which it is made.</summary>
    public BlockView Blocks { get; }

    /// <summary>Those in force.</summary>
    public IReadOnlyList<BlockEntry> InForce { get; }

    /// <summary>Whether it still says what should be.</summary>
    public bool IsOf(BlockView blocks, Instant now) => ReferenceEquals(blocks, Blocks) && from <= now && now < until;

    /// <summary>The entries, for bouncers that take prefixes or for those that do not.</summary>
    public IReadOnlyDictionary<Prefix, BlockEntry> Entries(bool takesRanges) => takesRanges
        ? withRanges ??= BouncerEntries.Of(desired, InForce, takesRanges: true)
        : withoutRanges ??= BouncerEntries.Of(desired, InForce, takesRanges: false);

    /// <summary>The entry that covers a prefix; null when none does.</summary>
    public KeyValuePair<Prefix, BlockEntry>? Covering(Prefix prefix)
    {
        var entries = Entries(takesRanges: true);
        // ::/0 says nothing about IPv4.
        for (var length = prefix.Length; length >= (prefix.IsIPv4 ? Prefix.MappedLength : 0); length--)
        {
            if (entries.TryGetValue(new Prefix(prefix.First, length), out var block))
                return new(new Prefix(prefix.First, length), block);
        }

        return null;
    }
}
