using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mailreeve.Mail.Wire;

/// <summary>TLS of a listener: offered through STARTTLS.</summary>
/// <param name="Certificate">Gives the certificate, with its private key, that is to be used now. Asked at each handshake, so it can be renewed.</param>
/// <param name="Chain">Gives the certificates between it and the root; may be empty.</param>
public sealed record ServerTls(Func<X509Certificate2> Certificate, Func<X509Certificate2Collection> Chain)
{
    private Prepared? prepared;

    /// <summary>TLS with one certificate that has no intermediates.</summary>
    public ServerTls(X509Certificate2 certificate)
        : this(() => certificate, () => [])
    {
    }

    // No ALPN: with HTTP's list a client that offers "h2" would be taken for a browser (ALPACA). No fetching of intermediates.
    internal SslServerAuthenticationOptions Options()
    {
        var certificate = Certificate();
        var current = prepared;
        if (current is null || !ReferenceEquals(current.Certificate, certificate))
            prepared = current = new Prepared(certificate, SslStreamCertificateContext.Create(certificate, Chain(), offline: true));

        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = current.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
        };
    }

    private sealed record Prepared(X509Certificate2 Certificate, SslStreamCertificateContext Context);
}
