using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DnsClient;
using DnsClient.Protocol;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>HTTPS to hosts that strangers name: it follows no redirection, and reaches nothing that is not on the public Internet.</summary>
public static class OutwardHttps
{
    // Whoever publishes a policy or an address for reports must not thereby reach what only we can reach.
    private static readonly Prefix[] Inside =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",
            "::/96", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96",
        ]).Select(Prefix.Parse),
    ];

    /// <summary>A client.</summary>
    /// <param name="resolver">Finds the hosts.</param>
    /// <param name="timeout">Longest time for one request as a whole.</param>
    /// <param name="port">The port that is called in place of 443; for a test.</param>
    /// <param name="roots">Authorities that are trusted; <see langword="null"/> for those of the machine.</param>
    /// <param name="inside">Whether addresses of this machine and its networks may be called; for a test.</param>
    public static HttpClient Client(
        ILookupClient resolver, TimeSpan timeout, int port = 443, X509Certificate2Collection? roots = null, bool inside = false)
    {
        var chain = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (roots is not null)
        {
            chain.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.CustomTrustStore.AddRange(roots);
        }

        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 32,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = timeout,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain },
            ConnectCallback = (context, stop) => ConnectAsync(resolver, context.DnsEndPoint.Host, port, inside, stop),
        };
        return new HttpClient(handler) { Timeout = timeout };
    }

    private static async ValueTask<Stream> ConnectAsync(ILookupClient resolver, string host, int port, bool inside, CancellationToken stop)
    {
        Exception? last = null;
        foreach (var type in (QueryType[])[QueryType.A, QueryType.AAAA])
        {
            var answer = await resolver.QueryAsync(host, type, cancellationToken: stop);
            foreach (var address in answer.Answers.OfType<AddressRecord>().Select(r => Address.From(r.Address)).Where(a => inside || !Inside.Any(p => p.Contains(a))).Take(4))
            {
                var socket = new Socket(address.ToIPAddress().AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(address.ToIPAddress(), port), stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException e)
                {
                    socket.Dispose();
                    last = e;
                }
            }
        }

        throw last ?? new IOException($"{host} has no address that may be called");
    }
}
