using System.Net;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.Imap;

/// <summary>Adds IMAP to Kestrel.</summary>
public static class ImapListener
{
    /// <summary>Listens for IMAP there, plain at first and under TLS after STARTTLS: the service of port 143.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public static void ListenImap(this KestrelServerOptions options, IPEndPoint endPoint, ImapServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: false);

    /// <summary>Listens for IMAP there, under TLS from the first octet on: the service of port 993 (RFC 8314 §3.2).</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or there is no certificate; the message says what.</exception>
    public static void ListenImaps(this KestrelServerOptions options, IPEndPoint endPoint, ImapServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: true);

    private static void Listen(KestrelServerOptions options, IPEndPoint endPoint, ImapServerParts parts, bool tlsFirst)
    {
        IEnumerable<ConfigProblem> noCertificate = tlsFirst && parts.Tls is null ? [new ConfigProblem("imap.listen-tls", "TLS needs a certificate.")] : [];
        MailListener.Listen<ImapConnectionHandler>(
            options, endPoint, parts.Limits.Problems().Concat(noCertificate), log => new ImapConnectionHandler(parts, tlsFirst, log));
    }
}
