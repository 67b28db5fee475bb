using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

/// <summary>An authority, with a root above it, that vouches for whatever a test wants.</summary>
internal sealed class Certificates : IDisposable
{
    private static readonly DateTimeOffset FarOff = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public Certificates(string name = "CN=Test Authority")
    {
        root = Issuer($"{name} Root", rootKey).CreateSelfSigned(DateTimeOffset.UnixEpoch, FarOff);
        using var issued = Issuer(name, key).Create(root, DateTimeOffset.UnixEpoch, FarOff, RandomNumberGenerator.GetBytes(8));
        Authority = issued.CopyWithPrivateKey(key);
    }

    /// <summary>What stands between its certificates and the root; a server sends it along.</summary>
    public X509Certificate2 Authority { get; }

    public X509Certificate2Collection Roots => [root];

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
        SslStreamCertificateContext.Create(leaf, [Authority, root], offline: true);

    /// <summary>The record of a zone for a certificate.</summary>
    public static TlsaRecord Record(byte usage, byte selector, byte matching, X509Certificate2 certificate)
    {
        var chosen = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new TlsaRecord(usage, selector, matching, matching switch { 0 => chosen, 1 => SHA256.HashData(chosen), _ => SHA512.HashData(chosen) });
    }

    public void Dispose()
    {
        Authority.Dispose();
        root.Dispose();
        key.Dispose();
        rootKey.Dispose();
    }

    private static CertificateRequest Issuer(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request;
    }
}
