using System.Text;

namespace Mailreeve.Protocols.Dns;

/// <summary>Names as they go over the wire: labels with their lengths before them, the last one empty (RFC 1035 §3.1). None here is compressed.</summary>
public static class WireName
{
    /// <summary>Octets of a name at most, with the length octets.</summary>
    public const int LengthMax = 255;

    private const int LabelLengthMax = 63;

    /// <summary>A name in this form, in lower case.</summary>
    /// <param name="name">In ASCII, without the last dot; empty for the root.</param>
    /// <exception cref="FormatException">It cannot be asked for; see <see cref="DnsName.CanBeAsked"/>.</exception>
    public static byte[] Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            return [0];
        if (!DnsName.CanBeAsked(name) || !Ascii.IsValid(name))
            throw new FormatException($"'{name}' is no name of the DNS.");
        var octets = new byte[name.Length + 2];
        var at = 0;
        foreach (var label in name.ToLowerInvariant().Split('.'))
        {
            octets[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, octets.AsSpan(at + 1));
        }

        return octets;
    }

    /// <summary>Reads the name that begins here.</summary>
    /// <returns>Its octets, the empty label included; 0 when it is none, is too long, or is compressed.</returns>
    public static int LengthAt(ReadOnlySpan<byte> octets)
    {
        for (var at = 0; at < octets.Length && at < LengthMax; at += octets[at] + 1)
        {
            if (octets[at] == 0)
                return at + 1;
            if (octets[at] > LabelLengthMax)
                return 0;
        }

        return 0;
    }

    /// <summary>Whether a name is a zone's or below it. Letters match in either case.</summary>
    /// <param name="name">A whole name.</param>
    /// <param name="zone">A whole name.</param>
    /// <param name="before">Octets of the labels before the zone's name: 0 when they are the same.</param>
    public static bool IsWithin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone, out int before)
    {
        before = 0;
        while (name.Length - before > zone.Length)
            before += name[before] + 1;
        // A length is at most 63 and so no letter: nothing but letters is taken for another octet.
        return name.Length - before == zone.Length && Ascii.EqualsIgnoreCase(name[before..], zone);
    }
}
