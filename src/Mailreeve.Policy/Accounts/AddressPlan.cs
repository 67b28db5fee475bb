using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Accounts;

/// <summary>
/// Finds customers whose sites share an address with sites of other customers, and which free address each of them could have instead (D5: one
/// address for each). Pure. It proposes; D5 is a recommendation, and nothing is enforced.
/// </summary>
public static class AddressPlan
{
    /// <summary>The addresses that several customers share, lowest first.</summary>
    public static IReadOnlyList<SharedAddress> Of(AddressPlanFacts facts)
    {
        var free = new Dictionary<Prefix, Queue<Address>>();
        var plan = new List<SharedAddress>();
        foreach (var at in facts.Sites.GroupBy(s => s.Address).OrderBy(g => g.Key))
        {
            var single = facts.Assigned.Where(a => a.Prefix == Prefix.Single(at.Key)).Select(a => (CustomerId?)a.Customer).FirstOrDefault();
            var customers = at.Select(s => s.Customer).Concat(single is { } has ? [has] : []).Distinct().ToList();
            if (customers.Count < 2)
                continue;

            // Whoever has the address keeps it; otherwise whoever has most to move.
            var stays = single ?? customers.OrderByDescending(c => at.Count(s => s.Customer == c)).ThenBy(c => c.Value).First();
            var around = facts.AroundOf(at.Key);
            if (around is { } prefix && !free.ContainsKey(prefix))
                free[prefix] = new Queue<Address>(FreeIn(prefix, facts).Take(facts.Sites.Count));
            plan.Add(new SharedAddress(at.Key, around,
            [
                .. customers.OrderBy(c => c == stays ? 0 : 1).ThenBy(c => c.Value).Select(c => new AddressShare(
                    c, [.. at.Where(s => s.Customer == c).Select(s => s.Host).Order(StringComparer.Ordinal)], c == stays,
                    c != stays && around is { } of && free[of].TryDequeue(out var proposed) ? proposed : null)),
            ]));
        }

        return plan;
    }

    /// <summary>The addresses of a prefix that nobody has and where nothing is known to be, lowest first.</summary>
    public static IEnumerable<Address> FreeIn(Prefix prefix, AddressPlanFacts facts)
    {
        var taken = facts.Assigned.Select(a => a.Prefix).Where(p => p != prefix && prefix.Contains(p))
            .Concat(facts.Used.Where(prefix.Contains).Select(Prefix.Single)).Concat(facts.Reserved.Where(r => r.Overlaps(prefix)));
        // The network's own address and that of all its hosts (RFC 919 §7); of IPv6 the routers' (RFC 4291 §2.6.1).
        if (prefix.Length < 127)
            taken = taken.Append(Prefix.Single(prefix.First));
        if (prefix.IsIPv4 && prefix.Length < 127)
            taken = taken.Append(Prefix.Single(prefix.Last));
        var left = new List<Prefix>();
        DisjointPrefixes.Of(taken).Subtract(prefix, left);
        foreach (var piece in left)
        {
            for (ulong i = 0; i < piece.Count; i++)
                yield return new Address(piece.First.Bits + i);
        }
    }
}

/// <summary>What is known about addresses before they are planned.</summary>
/// <param name="Sites">Sites of customers, and where they are now; those of nobody's are in <paramref name="Used"/> alone.</param>
/// <param name="Assigned">What is assigned to customers now.</param>
/// <param name="Networks">The provider's networks.</param>
/// <param name="Used">Addresses where any site is known to be.</param>
/// <param name="Reserved">What is no customer's to have: the provider's servers, and what is never blocked.</param>
public sealed record AddressPlanFacts(
    IReadOnlyList<PlacedSite> Sites, IReadOnlyList<(Prefix Prefix, CustomerId Customer)> Assigned, IReadOnlyList<Prefix> Networks,
    IReadOnlyCollection<Address> Used, IReadOnlyList<Prefix> Reserved)
{
    /// <summary>The smallest prefix around an address that is assigned to somebody, or else the provider's; null for an address that is not ours.</summary>
    public Prefix? AroundOf(Address address) =>
        Assigned.Select(a => a.Prefix).Where(p => !p.IsSingle && p.Contains(address)).OrderByDescending(p => p.Length).Select(p => (Prefix?)p).FirstOrDefault()
        ?? Networks.Where(n => !n.IsSingle && n.Contains(address)).OrderByDescending(n => n.Length).Select(n => (Prefix?)n).FirstOrDefault();
}

/// <summary>A site of a customer's.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Customer">Whose.</param>
/// <param name="Address">Where it is.</param>
public sealed record PlacedSite(string Host, CustomerId Customer, Address Address);

/// <summary>An address that several customers share.</summary>
/// <param name="Address">The address.</param>
/// <param name="Around">The prefix that free addresses are looked for in; null for none.</param>
/// <param name="Shares">Who shares it; first whoever keeps it.</param>
public sealed record SharedAddress(Address Address, Prefix? Around, IReadOnlyList<AddressShare> Shares);

/// <summary>A customer who shares an address.</summary>
/// <param name="Customer">Who.</param>
/// <param name="Hosts">The customer's sites there; empty when the address is assigned to them and no site of theirs is known.</param>
/// <param name="Keeps">Whether they keep it.</param>
/// <param name="Proposed">The address that they could have instead; null for who keeps it, and when none is free.</param>
public sealed record AddressShare(CustomerId Customer, IReadOnlyList<string> Hosts, bool Keeps, Address? Proposed);
