using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Inbound;

/// <summary>How mail from outside is checked. Read at start; a change needs a restart.</summary>
public sealed record InboundOptions
{
    private const int ListsMax = 16;

    /// <summary>How hard it is judged.</summary>
    public InboundPolicy Policy { get; init; } = new();

    /// <summary>Networks whose mail is not checked: our own, and servers that hand on what they have checked themselves. Default none.</summary>
    public IReadOnlyList<Prefix> Trusted { get; init; } = [];

    /// <summary>DNS lists to ask; at most 16. Default none: whose word is taken is for the operator to say.</summary>
    public IReadOnlyList<DnsList> Lists { get; init; } = [];

    /// <summary>Longest wait for the DNS at one point of a session, whatever it is asked. Default 5 seconds, Postfix's for its lists.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that an address may open in a minute, IPv6 by /64; four times as many from its /24 or /48. Default 600.</summary>
    public int ConnectionsPerMinute { get; init; } = 600;

    /// <summary>Messages that an address may begin in a minute. Default 3000: what a large provider sends from one address to another on a busy day.</summary>
    public int MessagesPerMinute { get; init; } = 3000;

    /// <summary>Recipients that an address may name in a minute. Default 10000.</summary>
    public int RecipientsPerMinute { get; init; } = 10_000;

    /// <summary>How long greylisting lets someone wait. Default 5 minutes; RFC 6647 §2.4 has 1 minute to a day.</summary>
    public TimeSpan GreylistWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long someone who never came again is remembered. Default 2 days.</summary>
    public TimeSpan GreylistMemory { get; init; } = TimeSpan.FromDays(2);

    /// <summary>How long someone who came again stays known after the last message. Default 36 days, so that what comes monthly need not wait.</summary>
    public TimeSpan GreylistKnown { get; init; } = TimeSpan.FromDays(36);

    /// <summary>Where Rspamd listens, as in <c>http://127.0.0.1:11333</c>; null for none.</summary>
    public Uri? Rspamd { get; init; }

    /// <summary>Where clamd listens: <c>127.0.0.1:3310</c>, or the path of a Unix socket; null for none.</summary>
    public string? Clamd { get; init; }

    /// <summary>Longest wait for each of the two. Default 10 seconds: the client waits for the reply meanwhile.</summary>
    public TimeSpan FilterTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message that is given to the two, in bytes. Default 25 MiB, clamd's own.</summary>
    public long FilterBytesMax { get; init; } = 25L << 20;

    /// <summary>How long the journal of checks is kept. Default 14 days.</summary>
    public TimeSpan JournalKept { get; init; } = TimeSpan.FromDays(14);

    /// <summary>What is wrong with these options.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (Lists.Count > ListsMax)
            yield return new("inbound.lists", $"{Lists.Count} are more than {ListsMax}: each costs a lookup for each message.");
        if (LookupTimeout < TimeSpan.FromSeconds(1) || LookupTimeout > TimeSpan.FromSeconds(30))
            yield return new("inbound.lookup-seconds", $"{LookupTimeout.TotalSeconds} is outside 1 to 30.");
        if (FilterTimeout < TimeSpan.FromSeconds(1) || FilterTimeout > TimeSpan.FromSeconds(120))
            yield return new("inbound.filter-seconds", $"{FilterTimeout.TotalSeconds} is outside 1 to 120.");
        if (Math.Min(ConnectionsPerMinute, Math.Min(MessagesPerMinute, RecipientsPerMinute)) < 1)
            yield return new("inbound.messages-per-minute", "A rate below 1 lets nobody in.");
        if (GreylistWait < TimeSpan.Zero || GreylistWait > TimeSpan.FromDays(1))
            yield return new("inbound.greylist-minutes", $"{GreylistWait.TotalMinutes} is outside 0 to 1440 (RFC 6647 §2.4).");
        if (Policy.SpamAt < 1 || Policy.RefuseListedAt < 1)
            yield return new("inbound.spam-at", "From 0 points on, everything would be spam.");
    }
}
