using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Netlink;

namespace Mailreeve.Network.Enforcement;

/// <summary>
/// The table <c>inet mailreeve</c>: what <c>nft list table inet mailreeve</c> shows. Packets are looked at as they arrive, before they are routed,
/// and as this machine sends them; both chains ask the same rules, in which what is never blocked comes first, as source and as destination.
/// </summary>
/// <remarks>
/// The set <c>lease</c> is the dead man's handle: its two elements, one for each protocol family, end by themselves and are renewed. When they
/// are gone, every packet passes. So nothing need be renewed for each address, and a program that has died blocks for no longer than that.
/// </remarks>
internal static class EnforcementTable
{
    public const string Name = "mailreeve";
    public const string Lease = "lease";

    /// <summary>The protocol families, as in the set <c>lease</c>.</summary>
    public static readonly byte[] Families = [IPv4, IPv6];

    private const byte IPv4 = 2;
    private const byte IPv6 = 10;
    private const string Arriving = "arriving";
    private const string Leaving = "leaving";
    // Before the tracking of connections, which would remember what is dropped.
    private const int Raw = -300;

    /// <summary>The sets of elements, by name.</summary>
    public static readonly IReadOnlyList<ElementSet> Sets =
    [
        new("never_4", EnforcedList.Never, IsIPv4: true, OfRanges: true),
        new("never_6", EnforcedList.Never, IsIPv4: false, OfRanges: true),
        .. from list in new[] { EnforcedList.All, EnforcedList.Port25 }
           from isIPv4 in new[] { true, false }
           from ofRanges in new[] { false, true }
           select new ElementSet($"{(list == EnforcedList.All ? "all" : "port25")}_{(isIPv4 ? 4 : 6)}{(ofRanges ? "_net" : "")}", list, isIPv4, ofRanges),
    ];

    /// <summary>Sets, chains and rules, in the order in which they are made.</summary>
    public static readonly IReadOnlyList<NftPart> Parts =
    [
        NftPart.Set(Name, Lease, NftKeyType.Protocol, NftSetFlags.Timeout),
        .. Sets.Select(s => NftPart.Set(Name, s.Name, s.IsIPv4 ? NftKeyType.IPv4 : NftKeyType.IPv6, s.OfRanges ? NftSetFlags.Interval : NftSetFlags.None)),
        NftPart.Chain(Name, Deciding(isIPv4: true)),
        NftPart.Chain(Name, Deciding(isIPv4: false)),
        NftPart.Chain(Name, Arriving, NftHook.PreRouting, Raw),
        NftPart.Chain(Name, Leaving, NftHook.LocalOut, Raw),
        .. Decisions(isIPv4: true),
        .. Decisions(isIPv4: false),
        .. Entry(Arriving),
        .. Entry(Leaving),
    ];

    /// <summary>The set in which an element is.</summary>
    public static ElementSet SetOf(EnforcedElement element)
    {
        // Asked for each of many elements, so no look through the list each time.
        var at = PlaceOf(element.List, element.Prefix.IsIPv4, !element.Prefix.IsSingle || element.List == EnforcedList.Never);
        return ByPlace[at];
    }

    private static readonly ElementSet[] ByPlace = [.. Enumerable.Range(0, 12).Select(at => Sets.FirstOrDefault(s => PlaceOf(s.List, s.IsIPv4, s.OfRanges) == at)!)];

    private static int PlaceOf(EnforcedList list, bool isIPv4, bool ofRanges) => ((int)list * 4) + (isIPv4 ? 2 : 0) + (ofRanges ? 1 : 0);

    private static string Deciding(bool isIPv4) => isIPv4 ? "deciding_4" : "deciding_6";

    private static IEnumerable<NftPart> Entry(string chain) =>
    [
        new NftRule(Name, chain).FamilyNotIn(Lease).Then(NftVerdict.Accept),
        new NftRule(Name, chain).Family(IPv4).Then(NftVerdict.Jump, Deciding(isIPv4: true)),
        new NftRule(Name, chain).Family(IPv6).Then(NftVerdict.Jump, Deciding(isIPv4: false)),
    ];

    private static IEnumerable<NftPart> Decisions(bool isIPv4)
    {
        var chain = Deciding(isIPv4);
        foreach (var list in new[] { EnforcedList.Never, EnforcedList.All, EnforcedList.Port25 })
        {
            var verdict = list == EnforcedList.Never ? NftVerdict.Accept : NftVerdict.Drop;
            foreach (var set in Sets.Where(s => s.List == list && s.IsIPv4 == isIPv4))
            {
                yield return Begin(list).From(isIPv4, set.Name).Then(verdict);
                yield return Begin(list).To(isIPv4, set.Name).Then(verdict);
            }
        }

        NftRule Begin(EnforcedList list) => list == EnforcedList.Port25 ? new NftRule(Name, chain).TcpTo(25) : new NftRule(Name, chain);
    }

    /// <summary>A set of elements.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="List">What happens to packets of its elements.</param>
    /// <param name="IsIPv4">Whether they are of IPv4.</param>
    /// <param name="OfRanges">Whether they are prefixes rather than single addresses, which a hash table finds faster and changes much faster.</param>
    public sealed record ElementSet(string Name, EnforcedList List, bool IsIPv4, bool OfRanges);
}
