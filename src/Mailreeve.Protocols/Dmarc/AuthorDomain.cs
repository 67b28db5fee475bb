using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Dkim;
using MimeKit;

namespace Mailreeve.Protocols.Dmarc;

/// <summary>Whose name a message bears: the domain in its From field (RFC 7489 §6.6.1).</summary>
public static class AuthorDomain
{
    private const int ValueBytesMax = 16_384;

    /// <summary>Reads it.</summary>
    /// <returns>
    /// In lower case, as A-labels. <see langword="null"/> when there is no From, more than one, none with a domain, or authors of
    /// different domains: then nobody can say whose it is.
    /// </returns>
    public static string? OfOrNull(DkimMessage message)
    {
        if (message.CountOf("From"u8) != 1 || message.ValueOrNull("From") is not { Length: <= ValueBytesMax } value)
            return null;
        if (!InternetAddressList.TryParse(value, out var authors))
            return null;
        string? domain = null;
        foreach (var author in authors.Mailboxes)
        {
            if (author.Domain.Length == 0 || (domain is not null && !author.Domain.Equals(domain, StringComparison.OrdinalIgnoreCase)))
                return null;
            domain = author.Domain;
        }

        return domain is null ? null : AsciiOrNull(domain.TrimEnd('.'));
    }

    private static string? AsciiOrNull(string domain)
    {
        if (Ascii.IsValid(domain))
            return domain.ToLowerInvariant();
        try
        {
            return new IdnMapping().GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
