using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Smtp;

/// <summary>Adds SMTP to Kestrel.</summary>
public static class SmtpListener
{
    /// <summary>Listens for SMTP there.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public static void ListenSmtp(this KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts) =>
        Listen(options, endPoint, parts, isLmtp: false);

    internal static void Listen(KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts, bool isLmtp)
    {
        var problems = parts.Limits.Problems().ToList();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(' ', problems.Select(p => $"{p.Key}: {p.Reason}")), nameof(parts));

        var log = options.ApplicationServices.GetRequiredService<ILogger<SmtpConnectionHandler>>();
        var handler = new SmtpConnectionHandler(parts, isLmtp, log);
        options.Listen(endPoint, listen =>
        {
            // Without this Kestrel would keep HTTP's ALPN and its own protocol on top.
            listen.Protocols = HttpProtocols.None;
            listen.Run(handler.OnConnectedAsync);
        });
    }
}
