using System.Security.Cryptography.X509Certificates;

namespace Mailreeve.Mail.Certificates;

/// <summary>The certificates in use at one moment. Never changed; another set takes its place.</summary>
public sealed class CertificateSet
{
    private readonly Dictionary<string, ServerCertificate> byName = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="all">In the order of preference; the first one is for clients that name no server, or one that none is for.</param>
    public CertificateSet(IReadOnlyList<ServerCertificate> all)
    {
        All = all;
        foreach (var certificate in all)
        {
            foreach (var name in certificate.Names)
                byName.TryAdd(name, certificate);
        }
    }

    /// <summary>No certificate at all.</summary>
    public static CertificateSet Empty { get; } = new([]);

    /// <summary>All of them, in the order of preference.</summary>
    public IReadOnlyList<ServerCertificate> All { get; }

    /// <summary>The certificate for the server that a client wants (RFC 6066 §3); null when there is none at all.</summary>
    /// <param name="server">The name that it gave; empty when it gave none.</param>
    public ServerCertificate? For(string server)
    {
        if (All.Count <= 1 || server.Length == 0)
            return All.FirstOrDefault();
        if (byName.TryGetValue(server, out var certificate))
            return certificate;
        // A star stands for one label, the first (RFC 9525 §6.3).
        var dot = server.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && byName.TryGetValue($"*{server.AsSpan(dot)}", out certificate) ? certificate : All[0];
    }

    /// <summary>A set of one that is in memory.</summary>
    public static CertificateSet Of(X509Certificate2 certificate) => new([ServerCertificate.Of(certificate)]);
}
