using System.Net;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.Milter;

/// <summary>Adds a milter to Kestrel: for a provider who keeps Postfix or Sendmail, and shows us its messages.</summary>
public static class MilterListener
{
    /// <summary>
    /// Listens there. Whoever can connect can say who has signed in, and have messages signed: it is for the loopback, a Unix socket or a
    /// network of one's own.
    /// </summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any. An address, or the path of a Unix socket.</param>
    /// <param name="parts">What the milter is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public static void ListenMilter(this KestrelServerOptions options, EndPoint endPoint, MilterParts parts) =>
        MailListener.Listen<MilterConnectionHandler>(options, endPoint, parts.Limits.Problems(), log => new MilterConnectionHandler(parts, log));
}
