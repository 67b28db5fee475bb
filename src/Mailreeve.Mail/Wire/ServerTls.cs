using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Certificates;

namespace Mailreeve.Mail.Wire;

/// <summary>TLS of a listener: from the first octet, or when the client asks for it.</summary>
/// <param name="certificates">Gives the certificates that are to be used now. Asked at each handshake, so they can be renewed.</param>
public sealed class ServerTls(Func<CertificateSet> certificates)
{
    /// <summary>TLS with one certificate that has no intermediates.</summary>
    public ServerTls(X509Certificate2 certificate)
        : this(Always(CertificateSet.Of(certificate)))
    {
    }

    /// <summary>Whether there is a certificate already. Without one TLS is not offered: it would only fail.</summary>
    public bool IsOffered => certificates().All.Count > 0;

    /// <summary>How to do TLS with a client.</summary>
    /// <param name="server">The name that it wants to talk to; empty when it said none.</param>
    /// <exception cref="AuthenticationException">There is no certificate.</exception>
    internal SslServerAuthenticationOptions OptionsFor(string server) =>
        certificates().For(server)?.Options ?? throw new AuthenticationException("There is no certificate yet.");

    /// <summary>How to do TLS with a browser.</summary>
    /// <param name="server">The name that it wants to talk to; empty when it said none.</param>
    /// <exception cref="AuthenticationException">There is no certificate.</exception>
    public SslServerAuthenticationOptions OptionsForPages(string server)
    {
        var options = OptionsFor(server);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = options.ServerCertificateContext,
            EnabledSslProtocols = options.EnabledSslProtocols,
            AllowRenegotiation = options.AllowRenegotiation,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
    }

    /// <summary>Does the handshake.</summary>
    /// <exception cref="AuthenticationException">It failed.</exception>
    internal Task AuthenticateAsync(SslStream stream) =>
        // The name in the hello matters only when there is a choice.
        certificates().All.Count == 1
            ? stream.AuthenticateAsServerAsync(OptionsFor(""))
            : stream.AuthenticateAsServerAsync(
                static (_, hello, tls, _) => new(((ServerTls)tls!).OptionsFor(hello.ServerName)), this, CancellationToken.None);

    private static Func<CertificateSet> Always(CertificateSet set) => () => set;
}
