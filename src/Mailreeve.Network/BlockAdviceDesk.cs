using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Network;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network;

/// <summary>Finds out what is known about a site or an address, and with that the smallest block that works. It places nothing.</summary>
public static class BlockAdviceDesk
{
    // Whoever blocks more names than that for one address has another problem.
    private const int NamesMax = 10;

    /// <summary>What could be blocked to stop an address.</summary>
    /// <param name="db">Where.</param>
    /// <param name="directory">Customers and what is theirs.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="address">The address.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<BlockAdvice> OfAddressAsync(DbSession db, Directory directory, Provider provider, Address address, Instant now, CancellationToken stop)
    {
        var holders = await HoldersAsync(db, directory, provider, [address], now, stop);
        var accused = holders[address].Chain is [var holder, ..] ? directory.Find(holder) : null;
        var sites = await new HostStore(db).AtAsync([Prefix.Single(address)], SiteReach.KnownMax, stop);
        // The names that are theirs: by their own domains, or by the address when a name is nobody's.
        var names = sites.Select(s => s.Host).Where(h => OwnerOf(directory, h, now) is not { } owner || owner == accused?.Id).Take(NamesMax).ToList();
        var places = Places(new Asked(directory, provider, accused, names, now), [(address, null)], holders, sites);
        return BlockAdviceRules.Of(new BlockPlace(names, accused, places) { BelowNames = Below(directory, names, accused, now) });
    }

    /// <summary>What could be blocked to stop a site, or several names of one.</summary>
    /// <param name="db">Where.</param>
    /// <param name="directory">Customers and what is theirs.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="names">Its names, as <see cref="BlockedName"/> reads them.</param>
    /// <param name="whose">Whose it is; null when that is to be found out.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<BlockAdvice> OfSiteAsync(
        DbSession db, Directory directory, Provider provider, IReadOnlyList<string> names, CustomerId? whose, Instant now, CancellationToken stop)
    {
        var store = new HostStore(db);
        var answered = (await store.FindAsync(names, stop)).ToDictionary(h => h.Host, h => h.AnsweredAt, StringComparer.Ordinal);
        // Where the last answer led is now; what older answers said is then.
        var led = (await store.AddressesAsync(names, stop)).GroupBy(a => a.Address)
            .Select(g => (Address: g.Key, LastSeen: g.Any(a => a.LastAt == answered.GetValueOrDefault(a.Host)) ? (Instant?)null : g.Max(a => a.LastAt)))
            .OrderBy(a => a.Address).ToList();
        List<Address> addresses = [.. led.Select(a => a.Address)];
        var holders = await HoldersAsync(db, directory, provider, addresses, now, stop);
        var owner = whose ?? names.Select(n => OwnerOf(directory, n, now)).FirstOrDefault(o => o is not null)
            ?? led.Where(a => a.LastSeen is null && holders[a.Address].Chain.Count > 0).Select(a => (CustomerId?)holders[a.Address].Chain[0]).FirstOrDefault();
        var accused = owner is { } id ? directory.Find(id) : null;
        var places = Places(new Asked(directory, provider, accused, names, now), led, holders, await store.AtAsync([.. addresses.Select(Prefix.Single)], SiteReach.KnownMax, stop));
        return BlockAdviceRules.Of(new BlockPlace(names, accused, places) { BelowNames = Below(directory, names, accused, now) });
    }

    private sealed record Asked(Directory Directory, Provider Provider, CustomerFact? Accused, IReadOnlyList<string> Names, Instant Now);

    private static List<PlaceAddress> Places(
        Asked asked, IReadOnlyList<(Address Address, Instant? LastSeen)> led, Dictionary<Address, WhoAnswer> holders, IReadOnlyList<HostAddressRow> sites) =>
        [.. led.Select(l => Place(asked, l.Address, l.LastSeen, holders[l.Address], [.. sites.Where(s => s.Address == l.Address).Select(s => s.Host)]))];

    private static PlaceAddress Place(Asked asked, Address address, Instant? lastSeen, WhoAnswer who, IReadOnlyList<string> hosts)
    {
        var (directory, accused) = (asked.Directory, asked.Accused);
        var holder = who.Chain is [var first, ..] ? directory.Find(first) : null;
        var others = new List<PlaceUse>();
        var unowned = new List<string>();
        foreach (var host in hosts.Where(h => !asked.Names.Any(n => DnsName.IsWithin(h, n))))
        {
            // Also a customer of the accused counts: to block the one and not the others is what D5 is for.
            if (OwnerOf(directory, host, asked.Now) is { } owner)
            {
                if (owner != accused?.Id)
                    others.Add(new PlaceUse(directory.Find(owner), host));
            }
            else if (holder is not null && holder == accused)
            {
                unowned.Add(host);
            }
            else
            {
                others.Add(new PlaceUse(null, host));
            }
        }

        // Whoever is above the accused has the address only to pass it on.
        if (holder is not null && holder != accused && (accused is null || !directory.ChainIdsOf(accused.Id).Contains(holder.Id)))
            others.Add(new PlaceUse(holder, address.ToString()));
        if (who.Verdict is AttributionVerdict.Ambiguous several)
            others.AddRange(several.Customers.Where(c => c != accused?.Id).Select(c => new PlaceUse(directory.Find(c), address.ToString())));
        return new PlaceAddress(address, lastSeen, holder)
        {
            IsOurs = asked.Provider.Owns(address),
            Never = asked.Provider.NeverBlock.FirstOrDefault(n => n.Prefix.Contains(address)),
            Others = others,
            Unowned = unowned,
        };
    }

    private static async Task<Dictionary<Address, WhoAnswer>> HoldersAsync(
        DbSession db, Directory directory, Provider provider, IReadOnlyList<Address> addresses, Instant now, CancellationToken stop)
    {
        List<WhoQuestion> questions = [.. addresses.Select(a => new WhoQuestion(a, null, new Interval(now, now)))];
        var records = await AddressRecords.FindAsync(db, questions, provider, null, stop);
        return questions.ToDictionary(q => q.Address, q => WhoRules.Decide(records.FactsOf(q, directory, provider)));
    }

    private static IReadOnlyList<PlaceUse> Below(Directory directory, IReadOnlyList<string> names, CustomerFact? accused, Instant now) =>
        names.Count == 0 ? [] :
        [
            .. directory.Customers.Where(c => c != accused)
                .SelectMany(c => directory.AssignmentsOf(c.Id), (c, a) => (Customer: c, a.Domain, IsNow: a.HeldAt(now)))
                .Where(a => a.IsNow && a.Domain is not null && names.Any(n => a.Domain != n && DnsName.IsWithin(a.Domain, n)))
                .Select(a => new PlaceUse(a.Customer, a.Domain!)),
        ];

    private static CustomerId? OwnerOf(Directory directory, string host, Instant now) =>
        directory.Owning(host).Where(a => a.HeldAt(now)).Select(a => (CustomerId?)a.Customer).FirstOrDefault();
}
