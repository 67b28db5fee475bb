using System.Globalization;
using System.Security.Cryptography;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Signing;

/// <summary>Makes keys for domains, and reads them again.</summary>
public static class SigningKeyMaking
{
    // RFC 8301 §3.2: signers use at least 2048 bits. A longer key does not fit one string of a TXT record any better, and costs more.
    private const int RsaBits = 2048;
    private const int Ed25519Bytes = 32;

    /// <summary>Makes a key.</summary>
    /// <param name="domain">Whose, lower case, as A-labels.</param>
    /// <param name="algorithm">What kind.</param>
    /// <param name="now">The time; the selector is named after the day.</param>
    /// <param name="isPublished">Whether it signs at once.</param>
    public static NewDkimKey Make(string domain, DkimAlgorithm algorithm, Instant now, bool isPublished)
    {
        var kind = algorithm == DkimAlgorithm.RsaSha256 ? "r" : "e";
        var selector = string.Create(CultureInfo.InvariantCulture, $"m{now.ToDateTimeUtc():yyyyMMdd}{kind}");
        return new NewDkimKey(domain, selector, algorithm, PrivateKey(algorithm), isPublished ? now : null);
    }

    /// <summary>A key as it was kept.</summary>
    public static DkimSigningKey Read(DkimKeyRow row) => DkimSigningKey.From(new DkimKeyName(row.Selector, row.Domain), row.Algorithm, row.PrivateKey);

    private static byte[] PrivateKey(DkimAlgorithm algorithm)
    {
        if (algorithm == DkimAlgorithm.Ed25519Sha256)
            return RandomNumberGenerator.GetBytes(Ed25519Bytes);
        using var rsa = RSA.Create(RsaBits);
        return rsa.ExportPkcs8PrivateKey();
    }
}
