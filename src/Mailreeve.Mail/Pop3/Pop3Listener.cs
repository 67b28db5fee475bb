using System.Net;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.Pop3;

/// <summary>Adds POP3 to Kestrel.</summary>
public static class Pop3Listener
{
    /// <summary>Listens for POP3 there, plain at first and under TLS after STLS: the service of port 110.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public static void ListenPop3(this KestrelServerOptions options, IPEndPoint endPoint, Pop3ServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: false);

    /// <summary>Listens for POP3 there, under TLS from the first octet on: the service of port 995 (RFC 8314 §3.2).</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or there is no certificate; the message says what.</exception>
    public static void ListenPop3s(this KestrelServerOptions options, IPEndPoint endPoint, Pop3ServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: true);

    private static void Listen(KestrelServerOptions options, IPEndPoint endPoint, Pop3ServerParts parts, bool tlsFirst)
    {
        IEnumerable<ConfigProblem> noCertificate = tlsFirst && parts.Tls is null ? [new ConfigProblem("pop3.listen-tls", "TLS needs a certificate.")] : [];
        MailListener.Listen<Pop3ConnectionHandler>(
            options, endPoint, parts.Limits.Problems().Concat(noCertificate), log => new Pop3ConnectionHandler(parts, tlsFirst, log));
    }
}
