using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
        var problems = parts.Limits.Problems().ToList();
        if (tlsFirst && parts.Tls is null)
            problems.Add(new("imap.tls", "There is no certificate."));
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(' ', problems.Select(p => $"{p.Key}: {p.Reason}")), nameof(parts));

        var log = options.ApplicationServices.GetRequiredService<ILogger<ImapConnectionHandler>>();
        var handler = new ImapConnectionHandler(parts, tlsFirst, log);
        options.Listen(endPoint, listen =>
        {
            // Without this Kestrel would keep HTTP's ALPN and its own protocol on top.
            listen.Protocols = HttpProtocols.None;
            listen.Run(handler.OnConnectedAsync);
        });
    }
}
