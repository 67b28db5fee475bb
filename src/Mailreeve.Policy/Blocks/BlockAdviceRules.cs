using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>
/// Finds the smallest block that works against a site or an address (D5): the address when it is the customer's alone, the name when others
/// share it. Pure. It advises; what may be placed is decided by <see cref="BlockRules"/> and <see cref="NameBlockRules"/>.
/// </summary>
public static class BlockAdviceRules
{
    /// <summary>What could be blocked, the smallest first.</summary>
    public static BlockAdvice Of(BlockPlace place)
    {
        var now = place.Addresses.Where(a => a.LastSeen is null).ToList();
        var byAddress = now.Count > 0 && now.TrueForAll(a => a.Never is null) ? ByAddress(place, now) : null;
        var byName = place.Names.Count > 0 ? ByName(place, now) : null;
        // An address stops everything and a name what asks a resolver, so the address comes first where it hits nobody else.
        BlockChoice?[] choices = byAddress is { IsAlone: true } ? [byAddress, byName] : [byName, byAddress];
        return new BlockAdvice([.. choices.OfType<BlockChoice>().OrderBy(c => c.Hits.Count)], [.. Notes(place, now)]);
    }

    private static BlockChoice ByAddress(BlockPlace place, List<PlaceAddress> now)
    {
        var hits = now.SelectMany(a => a.Others).Distinct().ToList();
        var theirs = now.Where(a => a.Holder is not null && a.Holder == place.Accused).ToList();
        var isAlone = hits.Count == 0 && theirs.Count == now.Count;
        var why = isAlone ? $"{AddressesAre(now)} {place.Accused!.Name}'s alone."
            : hits.Count > 0 ? $"{AddressesAre(now)} not theirs alone."
            : now.Exists(a => !a.IsOurs) ? $"{AddressesAre(now)} not in our networks: who else is there is not known."
            : now.Find(a => a.Holder is not null && a.Holder != place.Accused) is { } upstream
                ? $"{upstream.Address} is {upstream.Holder!.Name}'s, who may have others there."
            : $"{AddressesAre(now)} nobody's on record: who else is there is not known.";
        return new BlockChoice([], [.. now.Select(a => Prefix.Single(a.Address))], isAlone, hits, why);
    }

    private static BlockChoice ByName(BlockPlace place, List<PlaceAddress> now)
    {
        var isShared = now.Exists(a => a.Others.Count > 0);
        var why = place.BelowNames.Count > 0 ? "Others have names below it."
            : now.Count == 0 ? "Where it leads is not known; the name is all there is to block."
            : isShared ? "Only the name tells it from what else is at the address."
            : "It hits nobody else, and reaches only those who ask a resolver that has the zone of blocked names.";
        return new BlockChoice(place.Names, [], place.BelowNames.Count == 0, place.BelowNames, why);
    }

    private static IEnumerable<string> Notes(BlockPlace place, List<PlaceAddress> now)
    {
        foreach (var address in now)
        {
            if (address.Never is { } never)
                yield return $"{address.Address} is never blocked: {never.Reason}.";
            if (address.Unowned.Count > 0)
                yield return $"{string.Join(", ", address.Unowned)} also led to {address.Address}, and is no customer's on record: whoever has the address answers for it.";
        }

        foreach (var former in place.Addresses.Where(a => a.LastSeen is not null))
            yield return $"It led to {former.Address} until {Day(former.LastSeen!.Value)}, and no longer does: a block there would not stop it.";
    }

    private static string AddressesAre(List<PlaceAddress> now) => $"{string.Join(", ", now.Select(a => a.Address))} {(now.Count == 1 ? "is" : "are")}";

    private static string Day(Instant at) => $"{at:uuuu-MM-dd}";
}

/// <summary>What could be blocked to stop a site or an address.</summary>
/// <param name="Choices">The smallest first; empty when nothing is known that could be blocked.</param>
/// <param name="Notes">What else is to be known, as sentences.</param>
public sealed record BlockAdvice(IReadOnlyList<BlockChoice> Choices, IReadOnlyList<string> Notes)
{
    /// <summary>The one to place: the first, when it hits nobody else. Null leaves it to a person.</summary>
    public BlockChoice? Best => Choices is [{ IsAlone: true } first, ..] ? first : null;
}

/// <summary>One block that could be placed: of names, or of addresses.</summary>
/// <param name="Names">The names; empty when it is one of addresses.</param>
/// <param name="Prefixes">The addresses; empty when it is one of names.</param>
/// <param name="IsAlone">Whether it is known to hit nobody else.</param>
/// <param name="Hits">Who else it would hit, as far as is known.</param>
/// <param name="Why">Why it is where it stands, as a sentence.</param>
public sealed record BlockChoice(IReadOnlyList<string> Names, IReadOnlyList<Prefix> Prefixes, bool IsAlone, IReadOnlyList<PlaceUse> Hits, string Why)
{
    /// <summary>What is blocked: "192.0.2.7", or "shop.example and everything below it".</summary>
    public string What => Names.Count > 0 ? $"{string.Join(", ", Names)} and everything below it" : string.Join(", ", Prefixes);
}
