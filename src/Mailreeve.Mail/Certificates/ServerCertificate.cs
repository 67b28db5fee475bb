using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>A certificate with its key and its chain, ready for handshakes.</summary>
public sealed class ServerCertificate
{
    // A chain has three; what is longer is no chain but somebody's bundle of roots.
    private const int ChainLengthMax = 10;
    private static readonly Duration WarnedBefore = Duration.FromDays(14);

    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain, string source)
    {
        Leaf = leaf;
        Source = source;
        Names = NamesOf(leaf);
        NotBefore = Instant.FromDateTimeUtc(leaf.NotBefore.ToUniversalTime());
        NotAfter = Instant.FromDateTimeUtc(leaf.NotAfter.ToUniversalTime());
        // Nothing is fetched: neither a chain that was forgotten nor a word of the authority about it.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        // No ALPN: with HTTP's list a client that offers "h2" would be taken for a browser (ALPACA).
        Options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
        };
    }

    /// <summary>The certificate itself, with its key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The certificate with its chain, as it is sent.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Names of servers that it is for; <c>*.provider.example</c> stands for one label more.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Who signed it.</summary>
    public string Issuer => Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true);

    /// <summary>Where it came from: a file.</summary>
    public string Source { get; }

    /// <summary>The first moment at which it is valid.</summary>
    public Instant NotBefore { get; }

    /// <summary>The last moment at which it is valid.</summary>
    public Instant NotAfter { get; }

    /// <summary>From when on it is late to have another: fourteen days before its end, or a sixth of its time when that is shorter.</summary>
    public Instant LateFrom => NotAfter - Duration.Min(WarnedBefore, (NotAfter - NotBefore) / 6);

    internal SslServerAuthenticationOptions Options { get; }

    /// <summary>Takes a certificate that is in memory.</summary>
    /// <param name="certificate">With its key, and without intermediates.</param>
    public static ServerCertificate Of(X509Certificate2 certificate) => new(certificate, [], "memory");

    /// <summary>Reads a certificate.</summary>
    /// <param name="certificate">PEM: the server's first, then its chain.</param>
    /// <param name="key">PEM; what else is in it does not matter.</param>
    /// <param name="source">Where they came from.</param>
    /// <exception cref="CertificateException">It cannot be used: half-written, or certificate and key do not belong together.</exception>
    public static ServerCertificate Read(ReadOnlySpan<char> certificate, ReadOnlySpan<char> key, string source)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificate);
            if (all.Count == 0)
                throw new CertificateException($"{source}: there is no certificate in it.");
            if (all.Count > ChainLengthMax)
                throw new CertificateException($"{source}: {all.Count} certificates are no chain; give the server's and those that lead to its root.");
            var leaf = X509Certificate2.CreateFromPem(certificate, key);
            return new ServerCertificate(leaf, [.. all.Skip(1)], source);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{source}: certificate and key cannot be used together: {e.Message}");
        }
    }

    // Names in the subject alone have not counted for long (RFC 9525 §2); a certificate that has no others is shown by it all the same.
    private static List<string> NamesOf(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).ToList();
        return names.Count > 0 ? names : [leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false)];
    }
}
