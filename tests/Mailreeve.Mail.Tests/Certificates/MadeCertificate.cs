using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Certificates;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Certificates;

/// <summary>A certificate that signs itself, as text.</summary>
internal sealed record MadeCertificate(string Certificate, string Key)
{
    public static MadeCertificate For(string name, Instant notBefore, Instant notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(notBefore.ToDateTimeOffset(), notAfter.ToDateTimeOffset());
        return new MadeCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Files for a pair, with this in it.</summary>
    public CertificatePair Write()
    {
        var folder = RunFolder.NewFolder("certificate");
        var pair = new CertificatePair(Path.Combine(folder, "mail.pem"), Path.Combine(folder, "mail.key"));
        WriteTo(pair);
        return pair;
    }

    public void WriteTo(CertificatePair pair)
    {
        File.WriteAllText(pair.Certificate, Certificate);
        File.WriteAllText(pair.Key, Key);
    }
}
