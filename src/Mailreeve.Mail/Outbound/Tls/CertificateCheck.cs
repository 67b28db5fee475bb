using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>Whether a server's certificate is one that is wanted.</summary>
internal static class CertificateCheck
{
    /// <summary>By a public authority and under the right name (RFC 8461 §4.2, RFC 6125).</summary>
    /// <returns><see langword="null"/> when it is.</returns>
    public static TlsResultType? ByAuthority(X509Certificate2 leaf, string name, X509Chain? built, SslPolicyErrors errors)
    {
        // The common name has not been looked at since RFC 6125; a certificate that has only that one is of another time.
        if (!leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false))
            return TlsResultType.CertificateHostMismatch;
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0)
            return null;
        return built?.ChainStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)) == true
            ? TlsResultType.CertificateExpired
            : TlsResultType.CertificateNotTrusted;
    }

    /// <summary>By TLSA records (RFC 7672 §3.1).</summary>
    /// <param name="leaf">The server's certificate.</param>
    /// <param name="dane">The records, and the names for those that name an authority.</param>
    /// <param name="built">The chain, for the certificates that the server sent along.</param>
    /// <param name="now">When.</param>
    /// <returns><see langword="null"/> when one of the records is met.</returns>
    public static TlsResultType? ByRecords(X509Certificate2 leaf, TlsDecision.Dane dane, X509Chain? built, DateTime now)
    {
        // The record stands for the server itself: neither names nor dates matter (RFC 7672 §3.1.1).
        if (dane.Records.Any(r => r.Usage == TlsaRecord.Server && IsMet(r, leaf)))
            return null;
        var authorities = dane.Records.Where(r => r.Usage == TlsaRecord.Authority).ToList();
        if (authorities.Count == 0)
            return TlsResultType.TlsaInvalid;

        using var chain = new X509Chain();
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.VerificationTime = now;
        chain.ChainPolicy.ExtraStore.AddRange(built?.ChainPolicy.ExtraStore ?? []);
        // An authority that is named whole need not be sent along.
        chain.ChainPolicy.ExtraStore.AddRange(Whole(authorities));
        // Trust comes from the record, whatever stands above the certificate that it names.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        if (!chain.Build(leaf))
            return chain.ChainStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)) ? TlsResultType.CertificateExpired : TlsResultType.TlsaInvalid;
        if (!chain.ChainElements.Skip(1).Any(e => authorities.Any(r => IsMet(r, e.Certificate))))
            return TlsResultType.TlsaInvalid;
        return dane.Names.Any(name => leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false)) ? null : TlsResultType.CertificateHostMismatch;
    }

    private static bool IsMet(TlsaRecord record, X509Certificate2 certificate) =>
        record.Matches(certificate.RawDataMemory.Span, certificate.PublicKey.ExportSubjectPublicKeyInfo());

    private static X509Certificate2Collection Whole(IEnumerable<TlsaRecord> records)
    {
        var found = new X509Certificate2Collection();
        foreach (var record in records.Where(r => r is { Selector: 0, Matching: 0 }))
        {
            try
            {
                found.Add(X509CertificateLoader.LoadCertificate(record.Data));
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                // What is no certificate matches none.
            }
        }

        return found;
    }
}
