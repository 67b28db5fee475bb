using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>What a bouncer was told so far.</summary>
/// <param name="Desired">What was never blocked when it was told.</param>
/// <param name="Blocks">The blocks it was told of, and those that were taken back since <paramref name="RepeatFrom"/>.</param>
/// <param name="RepeatFrom">What was told at this time or later is told again; null for everything.</param>
/// <param name="TakesRanges">Whether it takes prefixes.</param>
public sealed record ToldBouncer(DesiredBlocks Desired, IReadOnlyCollection<ToldBlock> Blocks, Instant? RepeatFrom, bool TakesRanges);

/// <summary>What a bouncer is told that asks for news.</summary>
/// <param name="New">Entries, each with the block behind it.</param>
/// <param name="Deleted">Entries that are none any more, or that become others: a bouncer takes these out before it puts the new ones in.</param>
public sealed record BouncerNews<T>(IReadOnlyList<KeyValuePair<Prefix, T>> New, IReadOnlyList<KeyValuePair<Prefix, ToldBlock>> Deleted)
    where T : BlockTarget;

/// <summary>Decides what a bouncer is told. Pure.</summary>
/// <remarks>
/// Nothing says that an answer has arrived. So what is new or over is told in three answers, one after the other; to be told twice does a
/// bouncer no harm.
/// </remarks>
public static class BouncerRules
{
    /// <summary>The news.</summary>
    /// <param name="wanted">What should be its entries now.</param>
    /// <param name="told">What it was told.</param>
    /// <param name="isWhole">Whether it is told everything that should be, known or not: it begins anew, or may have lost some.</param>
    public static BouncerNews<T> Decide<T>(IReadOnlyDictionary<Prefix, T> wanted, ToldBouncer told, bool isWhole)
        where T : BlockTarget
    {
        // What it has for certain, unless what was taken back stands in its place still.
        var certain = EntriesOf(told.Blocks.Where(b => !b.IsTakenBack && b.ToldAt < told.RepeatFrom));
        var perhaps = EntriesOf(told.Blocks.Where(b => b.IsTakenBack || b.ToldAt < told.RepeatFrom));
        var possible = EntriesOf(told.Blocks);
        // One that hid below another when both were there.
        foreach (var block in told.Blocks.Where(b => b.IsTakenBack))
        {
            foreach (var (prefix, of) in EntriesOf([block]))
                possible.TryAdd(prefix, of);
        }

        // What is taken out and wanted must be put in again, whatever is thought to be known.
        var changed = wanted.Where(w => !IsSame(certain, w) || !IsSame(perhaps, w) || !IsSame(possible, w));
        var over = possible.Where(p => !wanted.TryGetValue(p.Key, out var now) || now.ExpiresAt != p.Value.ExpiresAt);
        return new BouncerNews<T>([.. isWhole ? wanted : changed], [.. over]);

        Dictionary<Prefix, ToldBlock> EntriesOf(IEnumerable<ToldBlock> blocks) => BouncerEntries.Of(told.Desired, blocks, told.TakesRanges);
    }

    private static bool IsSame<T>(Dictionary<Prefix, ToldBlock> entries, KeyValuePair<Prefix, T> wanted)
        where T : BlockTarget =>
        entries.TryGetValue(wanted.Key, out var before) && before.ExpiresAt == wanted.Value.ExpiresAt;
}
