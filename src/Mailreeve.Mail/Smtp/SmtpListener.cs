using System.Net;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

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
        Listen(options, endPoint, parts, SmtpDoor.Exchange);

    internal static void Listen(KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts, SmtpDoor door, bool tlsFirst = false) =>
        MailListener.Listen<SmtpConnectionHandler>(
            options, endPoint, parts.Limits.Problems(), log => new SmtpConnectionHandler(parts, door, tlsFirst, log));
}
