using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Dkim;

/// <summary>Where the key of a signature is to be found (RFC 6376 §3.6.2.1).</summary>
/// <param name="Selector">Which of the domain's keys, in lower case.</param>
/// <param name="Domain">Whose key, in lower case and as A-labels.</param>
public sealed record DkimKeyName(string Selector, string Domain)
{
    /// <summary>The name to ask for TXT records.</summary>
    public override string ToString() => $"{Selector}._domainkey.{Domain}";

    // sdid / selector = sub-domain *( "." sub-domain ); U-labels since RFC 8616 §5.
    /// <summary>Makes a name of what a signature says.</summary>
    /// <returns><see langword="null"/> when one of the two is no name, or both together are too long.</returns>
    public static DkimKeyName? Of(string selector, string domain)
    {
        if (AsciiOrNull(selector) is not { } left || AsciiOrNull(domain) is not { } right)
            return null;
        var name = new DkimKeyName(left, right);
        return name.ToString().Length <= 253 ? name : null;
    }

    private static string? AsciiOrNull(string name)
    {
        if (name.Length > 253 || !DomainName.IsValid(Encoding.UTF8.GetBytes(name)))
            return null;
        if (Ascii.IsValid(name))
            return name.ToLowerInvariant();
        try
        {
            return new IdnMapping().GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
