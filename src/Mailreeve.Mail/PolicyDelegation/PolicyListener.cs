using System.Net;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>Adds policy delegation to Kestrel: for a provider who keeps Postfix, and has it ask what our policy says.</summary>
public static class PolicyListener
{
    /// <summary>
    /// Listens for questions there. Whoever can connect can ask who has a mailbox here, and have messages counted: it is for the loopback,
    /// a Unix socket or a network of one's own.
    /// </summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the service is made of.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public static void ListenPolicyDelegation(this KestrelServerOptions options, EndPoint endPoint, PolicyServiceParts parts) =>
        MailListener.Listen<PolicyConnectionHandler>(options, endPoint, parts.Limits.Problems(), log => new PolicyConnectionHandler(parts, log));
}
