using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Dnsbl;

/// <summary>What the labels before the name of a list stand for.</summary>
public enum DnsblNameKind
{
    /// <summary>Nothing that a list could have.</summary>
    None,

    /// <summary>An address.</summary>
    Address,

    /// <summary>The last labels of addresses: the name exists, for there may be addresses below it (RFC 8020 §2).</summary>
    AboveAddresses,

    /// <summary>An address, and above others: <c>4.3.2.1.bl.example</c> is an address of IPv4 and the last four nibbles of addresses of IPv6.</summary>
    AddressAboveOthers,
}

/// <summary>Reads the names of a list of addresses (RFC 5782 §2.1 and §2.4).</summary>
public static class DnsblName
{
    private const int Octets = 4;
    private const int Nibbles = 32;

    /// <summary>Reads the labels before the name of the list.</summary>
    /// <param name="labels">Labels with their lengths, without the list's name; not empty.</param>
    /// <param name="address">The address.</param>
    public static DnsblNameKind Read(ReadOnlySpan<byte> labels, out Address address)
    {
        address = default;
        uint ipv4 = 0;
        UInt128 ipv6 = 0;
        var (count, canBeIPv4, canBeIPv6) = (0, true, true);
        for (var at = 0; at < labels.Length; at += labels[at] + 1)
        {
            var label = labels.Slice(at + 1, labels[at]);
            canBeIPv4 &= count < Octets && TryReadOctet(label, out var octet) && Put(ref ipv4, octet, count);
            canBeIPv6 &= count < Nibbles && TryReadNibble(label, out var nibble) && Put(ref ipv6, nibble, count);
            if (!canBeIPv4 && !canBeIPv6)
                return DnsblNameKind.None;
            count++;
        }

        if (count == Octets && canBeIPv4)
        {
            address = new Address(0xFFFF_0000_0000UL | ipv4);
            return canBeIPv6 ? DnsblNameKind.AddressAboveOthers : DnsblNameKind.Address;
        }

        if (count < Nibbles)
            return DnsblNameKind.AboveAddresses;
        address = new Address(ipv6);
        return DnsblNameKind.Address;
    }

    // The first label is the last octet.
    private static bool Put(ref uint ipv4, byte octet, int count)
    {
        ipv4 |= (uint)octet << (8 * count);
        return true;
    }

    private static bool Put(ref UInt128 ipv6, byte nibble, int count)
    {
        ipv6 |= (UInt128)nibble << (4 * count);
        return true;
    }

    private static bool TryReadOctet(ReadOnlySpan<byte> label, out byte octet)
    {
        octet = 0;
        if (label.Length is 0 or > 3 || (label.Length > 1 && label[0] == '0'))
            return false;
        var value = 0;
        foreach (var digit in label)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + digit - '0';
        }

        octet = (byte)value;
        return value <= 255;
    }

    private static bool TryReadNibble(ReadOnlySpan<byte> label, out byte nibble)
    {
        nibble = 0;
        if (label.Length != 1)
            return false;
        var value = (int)label[0] switch
        {
            >= '0' and <= '9' and var digit => digit - '0',
            >= 'a' and <= 'f' and var letter => letter - 'a' + 10,
            >= 'A' and <= 'F' and var letter => letter - 'A' + 10,
            _ => -1,
        };
        nibble = (byte)value;
        return value >= 0;
    }
}
