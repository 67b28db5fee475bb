using System.Net;
using Mailreeve.Mail.Smtp;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.Lmtp;

/// <summary>Adds LMTP to Kestrel (RFC 2033): for a provider who keeps their own mail server in front, and hands over what is for mailboxes.</summary>
public static class LmtpListener
{
    /// <summary>Listens for LMTP there. Whoever can connect can deliver: it is for the loopback or a network of one's own, and never for port 25.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of, as for SMTP.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or there are no mailboxes; the message says what.</exception>
    public static void ListenLmtp(this KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts)
    {
        if (parts.Mailboxes is null)
            throw new ArgumentException("LMTP needs mailboxes.", nameof(parts));
        // RFC 2033 §5.
        if (endPoint.Port == 25)
            throw new ArgumentException("LMTP must not be on port 25.", nameof(endPoint));
        SmtpListener.Listen(options, endPoint, parts, SmtpDoor.Lmtp);
    }
}
