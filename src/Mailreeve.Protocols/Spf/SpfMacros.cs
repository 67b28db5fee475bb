using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Spf;

/// <summary>Puts values into texts with macros (RFC 7208 §7).</summary>
/// <param name="query">Who sends what.</param>
/// <param name="domain">The domain whose record is looked at.</param>
/// <param name="clientName">A name of the client that is true, for <c>%{p}</c>; null for none, or when nobody asked.</param>
internal readonly struct SpfMacros(SpfQuery query, string domain, string? clientName)
{
    private const int NameLengthMax = 253;

    /// <summary>The text with its values.</summary>
    public string Expand(SpfMacroText text)
    {
        if (text.Parts is [{ Letter: '\0' } only])
            return only.Text;
        var expanded = new StringBuilder();
        foreach (var part in text.Parts)
        {
            if (part.Letter == '\0')
                expanded.Append(part.Text);
            else
                Append(expanded, part);
        }

        return expanded.ToString();
    }

    /// <summary>The name to ask for: shortened from the left when it is too long (RFC 7208 §7.3), and without the last dot.</summary>
    public string ExpandName(SpfMacroText text)
    {
        var name = Expand(text);
        if (name.EndsWith('.'))
            name = name[..^1];
        while (name.Length > NameLengthMax && name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0)
            name = name[(dot + 1)..];
        return name;
    }

    /// <summary>IPv4 as it is; IPv6 as 32 digits divided by dots.</summary>
    public static string Dotted(Address address) =>
        address.IsIPv4 ? $"{address}" : string.Join('.', Convert.ToHexString(address.ToBytes()).AsEnumerable());

    private void Append(StringBuilder expanded, SpfMacroPart part)
    {
        var value = ValueOf(part.Letter);
        if (part.Keep > 0 || part.Reverses || part.Delimiters != ".")
        {
            var pieces = value.Split(part.Delimiters.ToCharArray());
            if (part.Reverses)
                Array.Reverse(pieces);
            value = string.Join('.', part.Keep > 0 && part.Keep < pieces.Length ? pieces[^part.Keep..] : pieces);
        }

        expanded.Append(part.IsEscaped ? Uri.EscapeDataString(value) : value);
    }

    private string ValueOf(char letter) => letter switch
    {
        's' => $"{query.LocalPart}@{query.Domain}",
        'l' => query.LocalPart,
        'o' => query.Domain,
        'd' => domain,
        'i' => Dotted(query.Client),
        'p' => clientName ?? "unknown",
        'h' => query.Helo,
        'v' => query.Client.IsIPv4 ? "in-addr" : "ip6",
        'c' => $"{query.Client}",
        'r' => query.Receiver,
        _ => query.UnixSeconds.ToString(CultureInfo.InvariantCulture),
    };
}
