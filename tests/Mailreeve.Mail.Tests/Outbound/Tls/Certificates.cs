using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

/// <summary>An authority that vouches for whatever a test wants.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Certificates(string name = "CN=Test Authority")
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2Collection Roots => [Authority];

    /// <summary>A certificate with this name.</summary>
    public X509Certificate2 Issue(string name, bool expired = false)
    {
        using var leaf = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail", leaf, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var until = new DateTimeOffset(expired ? 2001 : 2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var issued = request.Create(Authority, DateTimeOffset.UnixEpoch, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(leaf);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>The same, as a server shows it: with the authority behind it.</summary>
    public SslStreamCertificateContext Show(X509Certificate2 leaf) =>
        SslStreamCertificateContext.Create(leaf, Roots, offline: true, SslCertificateTrust.CreateForX509Collection(Roots));

    /// <summary>The record of a zone for a certificate.</summary>
    public static TlsaRecord Record(byte usage, byte selector, byte matching, X509Certificate2 certificate)
    {
        var chosen = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new TlsaRecord(usage, selector, matching, matching switch { 0 => chosen, 1 => SHA256.HashData(chosen), _ => SHA512.HashData(chosen) });
    }

    public void Dispose()
    {
        Authority.Dispose();
        key.Dispose();
    }
}
