using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Certificates;

namespace Mailreeve.Demo;

/// <summary>A certificate that signs itself, so that the demonstration speaks TLS.</summary>
internal static class DemoCertificate
{
    /// <summary>Writes certificate and key as PEM files.</summary>
    public static CertificatePair Write(string folder, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());

        // Real time, whatever the demonstration's clock says: TLS looks at the machine's.
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var (certificatePath, keyPath) = (Path.Combine(folder, "mail.pem"), Path.Combine(folder, "mail.key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return new CertificatePair(certificatePath, keyPath);
    }
}
