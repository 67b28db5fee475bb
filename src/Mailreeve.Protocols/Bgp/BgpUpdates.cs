using System.Buffers.Binary;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Bgp;

/// <summary>
/// Writes UPDATE messages (RFC 4271 §4.3), with as many routes in each as fit. Every announcement says NO_EXPORT: a route that drops traffic and
/// leaks drops it in networks that were not asked.
/// </summary>
public sealed record BgpUpdates
{
    /// <summary>BLACKHOLE, 65535:666 (RFC 7999 §5).</summary>
    public const uint Blackhole = 0xFFFF_029A;

    private const uint NoExport = 0xFFFF_FF01;
    private const byte Transitive = 0x40;
    private const byte Optional = 0x80;
    private const byte LongLength = 0x10;
    private const byte Origin = 1;
    private const byte AsPath = 2;
    private const byte NextHopAttribute = 3;
    private const byte LocalPreferenceAttribute = 5;

    // What every router takes when nothing is said (RFC 4271 §5.1.5 demands that it be said).
    private const uint LocalPreference = 100;

    private const byte CommunitiesAttribute = 8;
    private const byte Reached = 14;
    private const byte UnreachedAttribute = 15;
    private const byte ExtendedCommunities = 16;

    // No attributes: the fields for routes of IPv4 before and behind all of them.
    private const byte Withdrawn = 0;
    private const byte Announced = 255;

    // A flow specification of one IPv6 address and a port; and a length of an attribute in two octets rather than one.
    private const int RouteLengthMax = 32;
    private const int LongHead = 1;

    /// <summary>Communities at most, so that a message has room for routes.</summary>
    public const int CommunitiesMax = 32;

    /// <summary>Our autonomous system.</summary>
    public required uint LocalAs { get; init; }

    /// <summary>Whether the peer is in it too.</summary>
    public required bool IsInternal { get; init; }

    /// <summary>Whether the peer takes numbers of autonomous systems with four octets. When not, ours has two.</summary>
    public bool HasLongAs { get; init; } = true;

    /// <summary>Where blackholes of IPv4 lead: an address that the routers drop.</summary>
    public Address NextHop { get; init; }

    /// <summary>Where blackholes of IPv6 lead.</summary>
    public Address NextHopIPv6 { get; init; }

    /// <summary>Communities by which the peer knows a blackhole; NO_EXPORT comes besides.</summary>
    public IReadOnlyList<uint> Communities { get; init; } = [Blackhole];

    /// <summary>Announces routes, family by family.</summary>
    /// <returns>Messages of at most 4096 octets.</returns>
    public IEnumerable<byte[]> Announce(IEnumerable<BgpRoute> routes) =>
        routes.GroupBy(r => r.Family).OrderBy(g => g.Key).SelectMany(family => Pack(Before(family.Key), family, AttributesOf(family.Key)));

    /// <summary>Takes routes back. Of one that was never announced that says nothing.</summary>
    /// <returns>Messages of at most 4096 octets.</returns>
    public static IEnumerable<byte[]> Withdraw(IEnumerable<BgpRoute> routes) =>
        routes.GroupBy(r => r.Family).OrderBy(g => g.Key).SelectMany(family => Pack(Unreached(family.Key), family, []));

    /// <summary>Says that everything has been announced: what the peer has kept and was not told again goes (RFC 4724 §2).</summary>
    public static byte[] EndOfRib(BgpFamily family) => Compose(Unreached(family), [], []);

    private byte[] AttributesOf(BgpFamily family)
    {
        var isFlow = family is BgpFamily.FlowIPv4 or BgpFamily.FlowIPv6;
        List<byte> attributes = [Transitive, Origin, 1, 0, Transitive, AsPath, .. Path()];
        if (family == BgpFamily.UnicastIPv4)
            attributes.AddRange([Transitive, NextHopAttribute, 4, .. Octets((uint)NextHop.Bits)]);
        if (IsInternal)
            attributes.AddRange([Transitive, LocalPreferenceAttribute, 4, .. Octets(LocalPreference)]);
        uint[] communities = isFlow ? [NoExport] : [.. Communities.Take(CommunitiesMax), NoExport];
        attributes.AddRange([Optional | Transitive, CommunitiesAttribute, (byte)(4 * communities.Length), .. communities.SelectMany(Octets)]);
        // Traffic-rate in octets a second (RFC 8955 §7.1): a number of two octets for information, and 0 as IEEE 754 writes it.
        if (isFlow)
            attributes.AddRange([Optional | Transitive, ExtendedCommunities, 8, 0x80, 0x06, 0, 0, 0, 0, 0, 0]);
        return [.. attributes];
    }

    // One sequence with our own number; within the autonomous system nothing (RFC 4271 §5.1.2).
    private byte[] Path() =>
        IsInternal ? [0]
        : HasLongAs ? [6, 2, 1, .. Octets(LocalAs)]
        : [4, 2, 1, .. Octets(LocalAs)[2..]];

    // What stands before the routes in the attribute that holds them (RFC 4760 §3). A flow specification leads nowhere (RFC 8955 §4).
    private Place Before(BgpFamily family) => family switch
    {
        BgpFamily.UnicastIPv4 => new Place(Announced, []),
        BgpFamily.UnicastIPv6 => new Place(Reached, [.. Codes(family), 16, .. NextHopIPv6.ToBytes(), 0]),
        _ => new Place(Reached, [.. Codes(family), 0, 0]),
    };

    // RFC 4760 §4.
    private static Place Unreached(BgpFamily family) =>
        family == BgpFamily.UnicastIPv4 ? new Place(Withdrawn, []) : new Place(UnreachedAttribute, Codes(family));

    private static IEnumerable<byte[]> Pack(Place place, IEnumerable<BgpRoute> routes, byte[] attributes)
    {
        var packed = new byte[BgpHeader.MessageLengthMax - Compose(place, attributes, []).Length - LongHead];
        var length = 0;
        foreach (var route in routes)
        {
            if (length + RouteLengthMax > packed.Length)
            {
                yield return Compose(place, attributes, packed.AsSpan(0, length));
                length = 0;
            }

            length += Write(route, packed.AsSpan(length));
        }

        if (length > 0)
            yield return Compose(place, attributes, packed.AsSpan(0, length));
    }

    // Routes of IPv4 have fields of their own before and behind the attributes; all others are in an attribute, the first one (RFC 7606 §5.1).
    private static byte[] Compose(Place place, byte[] attributes, ReadOnlySpan<byte> routes)
    {
        byte[] inAttribute = place.Attribute is Withdrawn or Announced
            ? []
            : [.. Head(place.Attribute, place.Before.Length + routes.Length), .. place.Before, .. routes];
        var before = place.Attribute == Withdrawn ? routes : [];
        var behind = place.Attribute == Announced ? routes : [];
        return BgpHeader.Write(
            BgpMessage.Update,
            [.. Octets2(before.Length), .. before, .. Octets2(inAttribute.Length + attributes.Length), .. inAttribute, .. attributes, .. behind]);
    }

    private static byte[] Head(byte attribute, int length) =>
        length <= byte.MaxValue ? [Optional, attribute, (byte)length] : [Optional | LongLength, attribute, .. Octets2(length)];

    private static int Write(BgpRoute route, Span<byte> into)
    {
        if (route.Drop == BgpDrop.Blackhole)
            return WritePrefix(route.Prefix, into);

        // Components in the order of their numbers; the whole has less than 240 octets, so its length has one (RFC 8955 §4.1).
        var isDestination = route.Drop is BgpDrop.To or BgpDrop.MailTo;
        into[1] = (byte)(isDestination ? 1 : 2);
        var length = 2;
        if (route.Prefix.IsIPv4)
        {
            length += WritePrefix(route.Prefix, into[length..]);
        }
        else
        {
            // RFC 8956 §3.1: between the length and the prefix stands how many bits of it are passed over.
            Span<byte> prefix = stackalloc byte[RouteLengthMax];
            var octets = WritePrefix(route.Prefix, prefix);
            (into[length], into[length + 1]) = (prefix[0], 0);
            prefix[1..octets].CopyTo(into[(length + 2)..]);
            length += octets + 1;
        }

        if (route.Drop is BgpDrop.MailTo or BgpDrop.MailFrom)
        {
            // "The last of the list, and equal": protocol 6 (§4.2.2.3), destination port 25 (§4.2.2.5).
            ReadOnlySpan<byte> mail = [3, 0x81, 6, 5, 0x81, 25];
            mail.CopyTo(into[length..]);
            length += mail.Length;
        }

        into[0] = (byte)(length - 1);
        return length;
    }

    // Its length in bits, and as many octets as that takes (RFC 4271 §4.3).
    private static int WritePrefix(Prefix prefix, Span<byte> into)
    {
        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(address, prefix.First.Bits);
        var isIPv4 = prefix.IsIPv4;
        var bits = isIPv4 ? prefix.Length - Prefix.MappedLength : prefix.Length;
        var octets = (bits + 7) / 8;
        into[0] = (byte)bits;
        address.Slice(isIPv4 ? 12 : 0, octets).CopyTo(into[1..]);
        return 1 + octets;
    }

    private static byte[] Codes(BgpFamily family) => [0, (byte)((int)family >> 8), (byte)family];

    private static byte[] Octets2(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Octets(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>Where in an UPDATE routes are.</summary>
    /// <param name="Attribute">The attribute that holds them, or one of the two fields for IPv4.</param>
    /// <param name="Before">What stands before them in the attribute.</param>
    private readonly record struct Place(byte Attribute, byte[] Before);
}
