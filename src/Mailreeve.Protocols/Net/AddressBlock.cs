using System.Globalization;

namespace Mailreeve.Protocols.Net;

/// <summary>
/// Addresses from the first to the last, as reports name them: a prefix, also one with bits set beyond its length, or two addresses
/// with a dash between. A single address is none, and what is wider than any network speaks of nobody.
/// </summary>
/// <param name="First">Lowest address.</param>
/// <param name="Last">Highest address.</param>
public readonly record struct AddressBlock(Address First, Address Last)
{
    /// <summary>Whether the two have an address in common.</summary>
    public bool Overlaps(Prefix prefix) => prefix.First <= Last && First <= prefix.Last;

    /// <summary>The smallest prefix that holds all of it.</summary>
    public Prefix Around
    {
        get
        {
            var differing = UInt128.LeadingZeroCount(First.Bits ^ Last.Bits);
            return new Prefix(First, (int)differing);
        }
    }

    /// <summary>Reads <c>192.0.2.0/24</c>, <c>2001:db8::/48</c>, <c>192.0.2.0 - 192.0.2.9</c>.</summary>
    /// <returns><see langword="false"/> for anything else, for single addresses, and for what is too large to be one network.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressBlock block)
    {
        block = default;
        text = text.Trim();
        if (text.Length is < 4 or > 90)
            return false;
        var slash = text.IndexOf('/');
        if (slash > 0)
        {
            if (!Address.TryParse(text[..slash].TrimEnd(), out var within)
                || !byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
                return false;
            var isDotted = !text[..slash].Contains(':');
            if (bits >= (isDotted ? 32 : 128))
                return false;
            var prefix = new Prefix(within, isDotted ? bits + Prefix.MappedLength : bits);
            block = new AddressBlock(prefix.First, prefix.Last);
            return !prefix.IsWiderThanANetwork;
        }

        var dash = text.IndexOfAny('-', '\u2013');
        if (dash <= 0 || !Address.TryParse(text[..dash].TrimEnd(), out var first) || !Address.TryParse(text[(dash + 1)..].TrimStart(), out var last)
            || first.IsIPv4 != last.IsIPv4 || first >= last)
            return false;
        block = new AddressBlock(first, last);
        return !block.Around.IsWiderThanANetwork;
    }

    /// <summary>As a prefix when it is one, else both ends with a dash between.</summary>
    public override string ToString() =>
        Around is var around && around.First == First && around.Last == Last ? around.ToString() : $"{First}-{Last}";
}
