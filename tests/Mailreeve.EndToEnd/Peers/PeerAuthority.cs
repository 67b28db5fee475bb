using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>The authority that signs the certificates of the network of peers. Nobody trusts it by itself.</summary>
internal sealed class PeerAuthority : IDisposable
{
    private readonly X509Certificate2 certificate;

    public PeerAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=Authority of the peers", key, HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        asked.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        certificate = asked.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }

    /// <summary>Its certificate.</summary>
    public string Pem => certificate.ExportCertificatePem();

    /// <summary>A certificate for these names.</summary>
    public PeerCertificate Issue(params string[] hosts)
    {
        using var key = RSA.Create(2048);
        var asked = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
            names.AddDnsName(host);
        asked.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issuer = certificate.GetECDsaPrivateKey()!;
        var signer = X509SignatureGenerator.CreateForECDsa(issuer);
        using var made = asked.Create(certificate.SubjectName, signer, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return new PeerCertificate(
            made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
    }

    /// <summary>Whether a certificate is signed by it, for this name.</summary>
    public bool Trusts(X509Certificate? shown, string host)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return shown is X509Certificate2 whole && chain.Build(whole) && whole.MatchesHostname(host);
    }

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();
}

/// <summary>A certificate with its key.</summary>
/// <param name="Pem">The certificate.</param>
/// <param name="Key">Its key.</param>
/// <param name="KeyHash">What a TLSA record 3 1 1 says of it (RFC 7671 §5.1), in hexadecimal.</param>
internal sealed record PeerCertificate(string Pem, string Key, string KeyHash)
{
    /// <summary>As a server presents it.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPem(Pem, Key);
}
