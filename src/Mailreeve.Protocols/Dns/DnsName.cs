using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Dns;

/// <summary>Names to ask the DNS for.</summary>
public static class DnsName
{
    private const int LengthMax = 253;
    private const int LabelLengthMax = 63;

    /// <summary>Whether a name can be asked for at all: labels of 1–63 octets, 253 in all (RFC 1035 §2.3.4). A last dot is no part of it.</summary>
    public static bool CanBeAsked(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > LengthMax)
            return false;
        foreach (var label in name.Split('.'))
        {
            var (_, length) = label.GetOffsetAndLength(name.Length);
            if (length is 0 or > LabelLengthMax)
                return false;
        }

        return true;
    }

    /// <summary>Whether a name is another one, or below it. ASCII letters match in either case.</summary>
    public static bool IsWithin(ReadOnlySpan<char> name, ReadOnlySpan<char> zone) =>
        name.EndsWith(zone, StringComparison.OrdinalIgnoreCase)
        && (name.Length == zone.Length || name[name.Length - zone.Length - 1] == '.');

    /// <summary>Where the names of an address stand (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static string Reverse(Address address) => $"{ReversedLabels(address)}.{(address.IsIPv4 ? "in-addr" : "ip6")}.arpa";

    /// <summary>An address as labels, last octet or nibble first: 192.0.2.7 begins with 7.</summary>
    public static string ReversedLabels(Address address)
    {
        var bytes = address.ToBytes();
        if (address.IsIPv4)
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes[15]}.{bytes[14]}.{bytes[13]}.{bytes[12]}");
        return string.Create(63, bytes, static (labels, octets) =>
        {
            for (var i = 0; i < 32; i++)
            {
                var octet = octets[15 - i / 2];
                labels[2 * i] = "0123456789abcdef"[i % 2 == 0 ? octet & 15 : octet >> 4];
                if (i < 31)
                    labels[2 * i + 1] = '.';
            }
        });
    }
}
