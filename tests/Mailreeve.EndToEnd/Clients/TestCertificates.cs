using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>An authority of the tests' own, and the certificate that it has signed for a server on the loopback.</summary>
/// <param name="Authority">PEM file of the authority's certificate.</param>
/// <param name="Certificate">PEM file of the server's.</param>
/// <param name="Key">PEM file of its key.</param>
internal sealed record TestCertificates(string Authority, string Certificate, string Key)
{
    public static TestCertificates Write(string folder, string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = RSA.Create(2048);
        var asked = new CertificateRequest("CN=Authority of the tests", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = asked.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));

        var made = new TestCertificates(Path.Combine(folder, "authority.pem"), Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        File.WriteAllText(made.Authority, authority.ExportCertificatePem());
        File.WriteAllText(made.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(made.Key, key.ExportPkcs8PrivateKeyPem());
        return made;
    }
}
