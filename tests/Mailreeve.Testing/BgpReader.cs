using System.Buffers.Binary;
using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Testing;

/// <summary>Reads UPDATE messages as a router does (RFC 4271 §4.3, RFC 4760, RFC 8955, RFC 8956), with a will of its own: what is odd throws.</summary>
public static class BgpReader
{
    /// <summary>Reads a whole message.</summary>
    /// <param name="message">With its header.</param>
    /// <param name="hasLongAs">Whether numbers of autonomous systems have four octets.</param>
    public static BgpUpdate Update(ReadOnlySpan<byte> message, bool hasLongAs = true)
    {
        if (message.Length is < 23 or > 4096 || BinaryPrimitives.ReadUInt16BigEndian(message[16..]) != message.Length || message[18] != 2)
            throw new FormatException("Not an UPDATE.");
        var update = new BgpUpdate();
        var rest = message[19..];
        var withdrawn = Take16(ref rest);
        while (withdrawn.Length > 0)
            update.Withdrawn.Add(new BgpRoute(BgpDrop.Blackhole, IPv4(ref withdrawn)));
        var attributes = Take16(ref rest);
        var seen = new HashSet<byte>();
        while (attributes.Length > 0)
        {
            var (flags, type) = (attributes[0], attributes[1]);
            attributes = attributes[2..];
            var value = (flags & 0x10) != 0 ? Take16(ref attributes) : Take8(ref attributes);
            if (!seen.Add(type))
                throw new FormatException($"Attribute {type} twice.");
            Attribute(update, flags, type, value, hasLongAs);
        }

        while (rest.Length > 0)
            update.Announced.Add(new BgpRoute(BgpDrop.Blackhole, IPv4(ref rest)));
        return update;
    }

    private static void Attribute(BgpUpdate update, byte flags, byte type, ReadOnlySpan<byte> value, bool hasLongAs)
    {
        var expected = type switch { 1 or 2 or 3 or 5 => 0x40, 8 or 16 => 0xC0, 14 or 15 => 0x80, _ => throw new FormatException($"Attribute {type}.") };
        if ((flags & ~0x10) != expected)
            throw new FormatException($"Attribute {type} with flags {flags:X2}.");
        switch (type)
        {
            case 1:
                update.Origin = value.Length == 1 ? value[0] : throw new FormatException("ORIGIN");
                break;
            case 2:
                if (value.Length > 0 && (value[0] != 2 || value.Length != 2 + (value[1] * (hasLongAs ? 4 : 2))))
                    throw new FormatException("AS_PATH");
                for (var at = 2; at < value.Length; at += hasLongAs ? 4 : 2)
                    update.Path.Add(hasLongAs ? BinaryPrimitives.ReadUInt32BigEndian(value[at..]) : BinaryPrimitives.ReadUInt16BigEndian(value[at..]));
                break;
            case 3:
                update.NextHop = Address.Parse($"{value[0]}.{value[1]}.{value[2]}.{value[3]}");
                break;
            case 5:
                update.LocalPreference = BinaryPrimitives.ReadUInt32BigEndian(value);
                break;
            case 8:
                for (; value.Length > 0; value = value[4..])
                    update.Communities.Add(BinaryPrimitives.ReadUInt32BigEndian(value));
                break;
            case 16:
                update.Extended = value.ToArray();
                break;
            case 14:
                update.Family = Family(ref value);
                var nextHop = Take8(ref value);
                if (nextHop.Length == 16)
                    update.NextHop = Address.FromBytes(nextHop);
                else if (nextHop.Length != 0)
                    throw new FormatException("Next hop");
                Routes(update.Family.Value, value[1..], update.Announced);
                break;
            default:
                update.Family = Family(ref value);
                Routes(update.Family.Value, value, update.Withdrawn);
                break;
        }
    }

    private static void Routes(BgpFamily family, ReadOnlySpan<byte> octets, List<BgpRoute> into)
    {
        while (octets.Length > 0)
        {
            if (family == BgpFamily.UnicastIPv6)
            {
                into.Add(new BgpRoute(BgpDrop.Blackhole, new Prefix(Bits(ref octets, out var length), length)));
                continue;
            }

            var flow = Take8(ref octets);
            var isSource = flow[0] == 2;
            if (flow[0] is not (1 or 2))
                throw new FormatException("Component");
            flow = flow[1..];
            Prefix prefix;
            if (family == BgpFamily.FlowIPv4)
            {
                prefix = IPv4(ref flow);
            }
            else
            {
                if (flow[1] != 0)
                    throw new FormatException("Offset");
                byte[] withoutOffset = [flow[0], .. flow[2..]];
                var left = new ReadOnlySpan<byte>(withoutOffset);
                var first = Bits(ref left, out var length);
                prefix = new Prefix(first, length);
                flow = flow[^left.Length..];
            }

            var isMail = flow.SequenceEqual<byte>([3, 0x81, 6, 5, 0x81, 25]);
            if (!isMail && flow.Length > 0)
                throw new FormatException("Components");
            into.Add(new BgpRoute((isSource, isMail) switch
            {
                (true, true) => BgpDrop.MailFrom,
                (true, false) => BgpDrop.From,
                (false, true) => BgpDrop.MailTo,
                _ => BgpDrop.To,
            }, prefix));
        }
    }

    private static BgpFamily Family(ref ReadOnlySpan<byte> octets)
    {
        var family = (BgpFamily)((octets[0] << 16) | (octets[1] << 8) | octets[2]);
        octets = octets[3..];
        return Enum.IsDefined(family) ? family : throw new FormatException("Family");
    }

    private static Prefix IPv4(ref ReadOnlySpan<byte> octets)
    {
        var bits = Bits(ref octets, out var length).Bits >> 96;
        return new Prefix(new Address(Address.Parse("0.0.0.0").Bits + bits), length + Prefix.MappedLength);
    }

    private static Address Bits(ref ReadOnlySpan<byte> octets, out int length)
    {
        length = octets[0];
        var count = (length + 7) / 8;
        var whole = new byte[16];
        octets.Slice(1, count).CopyTo(whole);
        octets = octets[(1 + count)..];
        return Address.FromBytes(whole);
    }

    private static ReadOnlySpan<byte> Take8(ref ReadOnlySpan<byte> octets)
    {
        var taken = octets.Slice(1, octets[0]);
        octets = octets[(1 + taken.Length)..];
        return taken;
    }

    private static ReadOnlySpan<byte> Take16(ref ReadOnlySpan<byte> octets)
    {
        var taken = octets.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(octets));
        octets = octets[(2 + taken.Length)..];
        return taken;
    }
}

/// <summary>What an UPDATE said.</summary>
public sealed class BgpUpdate
{
    /// <summary>Routes that came.</summary>
    public List<BgpRoute> Announced { get; } = [];

    /// <summary>Routes that went.</summary>
    public List<BgpRoute> Withdrawn { get; } = [];

    /// <summary>ORIGIN; null when there is none.</summary>
    public byte? Origin { get; set; }

    /// <summary>AS_PATH.</summary>
    public List<uint> Path { get; } = [];

    /// <summary>NEXT_HOP, or the one in MP_REACH_NLRI.</summary>
    public Address? NextHop { get; set; }

    /// <summary>LOCAL_PREF.</summary>
    public uint? LocalPreference { get; set; }

    /// <summary>COMMUNITIES.</summary>
    public List<uint> Communities { get; } = [];

    /// <summary>EXTENDED COMMUNITIES.</summary>
    public byte[] Extended { get; set; } = [];

    /// <summary>The family of the attribute with the routes; null for the fields of IPv4.</summary>
    public BgpFamily? Family { get; set; }

    /// <summary>The family whose End-of-RIB it is (RFC 4724 §2); null when it is none.</summary>
    public BgpFamily? EndOf => Announced.Count + Withdrawn.Count > 0 || Origin is not null ? null : Family ?? BgpFamily.UnicastIPv4;
}
