using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>Reads the name of a site or domain that is to be blocked by its name, because its address is shared (D5).</summary>
public static class BlockedName
{
    /// <summary>Octets at most: with the name of the zone that it is served in, and a label before, it must still be a name.</summary>
    public const int LengthMax = 180;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false };

    /// <summary>Reads a name as a person writes it: in any case, with a dot at its end or without, in any script.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">In lower case, as A-labels, without the last dot.</param>
    /// <returns><see langword="false"/> for anything else: an address, a single label, a web address, a pattern.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        var trimmed = text.Trim().TrimEnd('.');
        if (trimmed.Length is 0 or > LengthMax || Prefix.TryParse(trimmed, out _) || !trimmed.Contains('.', StringComparison.Ordinal))
            return false;
        try
        {
            var ascii = Idn.GetAscii(trimmed).ToLowerInvariant();
            if (ascii.Length > LengthMax || !DnsName.CanBeAsked(ascii) || !ascii.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                return false;
            // An address that is mistyped; no top level is a number (RFC 3696 §2).
            if (ascii[(ascii.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit))
                return false;
            name = ascii;
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
