using System.Net;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>How mail is sent. Read at start; a change needs a restart.</summary>
public sealed record OutboundOptions
{
    /// <summary>The name we give ourselves in EHLO.</summary>
    public required string HostName { get; init; }

    /// <summary>The server that takes all our mail; <see langword="null"/> to look up the MX of each domain.</summary>
    public Smarthost? Smarthost { get; init; }

    /// <summary>The port of an MX. Default 25; anything else is for a demonstration or a test.</summary>
    public int ExchangerPort { get; init; } = 25;

    /// <summary>
    /// A resolver that validates DNSSEC, over a way that nobody can tamper with: on this machine, for example. With it DANE is used
    /// (RFC 7672); <see langword="null"/>, the default, for no DANE.
    /// </summary>
    public IPEndPoint? DaneResolver { get; init; }

    /// <summary>Whether MTA-STS policies are kept to (RFC 8461). Default yes.</summary>
    public bool MtaSts { get; init; } = true;

    /// <summary>Whether domains that ask for it are told how TLS went (RFC 8460). Default yes; where everything goes to a smarthost, nothing is counted.</summary>
    public bool TlsReports { get; init; } = true;

    /// <summary>Connections to one destination at most. Default 20, Postfix's limit.</summary>
    public int ConcurrentMax { get; init; } = 20;

    /// <summary>Connections in all at most. Default 200: two files each, where a service may have 1,024 or more.</summary>
    public int ConnectionsMax { get; init; } = 200;

    /// <summary>Destinations that are worked on at once at most. Default 400: each may wait for a connection.</summary>
    public int DestinationsMax { get; init; } = 400;

    /// <summary>Messages that go over one connection at most. Default 100; some servers hang up at that.</summary>
    public int MessagesPerConnection { get; init; } = 100;

    /// <summary>How long a connection is kept when nothing is left to send. Default 2 seconds, Postfix's.</summary>
    public TimeSpan ConnectionIdle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Recipients of one message in one transaction at most. Default 100, which every server must take (RFC 5321 §4.5.3.1.8).</summary>
    public int RecipientsPerTransaction { get; init; } = 100;

    /// <summary>The addresses that mail is sent from, by the class of the customer; empty for whatever the machine chooses.</summary>
    public IReadOnlyList<OutboundSource> Sources { get; init; } = [];

    /// <summary>Longest wait for a connection. Default 30 seconds, Postfix's.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a reply. Default 10 minutes: what RFC 5321 §4.5.3.2.6 asks for after the dot.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long customers' mail is tried.</summary>
    public RetryTimes Retry { get; init; } = new();

    /// <summary>Largest message of a customer that a notification of failure brings back whole. Default 50 KiB; of larger ones the header.</summary>
    public int ReturnBytesMax { get; init; } = 50 << 10;

    /// <summary>How long a customer's message can be found in the queue when it is done with. Default 30 days.</summary>
    public TimeSpan FinishedKept { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Pauses between attempts of our own messages; the last one repeats. Default 1, 5, 15, 30, 60 minutes: a notice starts a clock.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; init; } =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(60)];

    /// <summary>Age at which one of our own messages is given up. Default 5 days (RFC 5321 §4.5.4.1).</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (HostName.Length == 0)
            yield return new("outbound.hostName", "It is empty; remote servers want a name in EHLO (RFC 5321 §4.1.1.1).");
        if (ExchangerPort is < 1 or > 65_535)
            yield return new("outbound.exchangerPort", $"{ExchangerPort} is no port.");
        if (Smarthost is { Port: < 1 or > 65_535 } host)
            yield return new("outbound.smarthost.port", $"{host.Port} is no port.");
        if (Smarthost is { User: not null, Tls: SmarthostTls.WhenOffered })
            yield return new("outbound.smarthost.tls", "A password is only sent under TLS: use \"required\" or \"implicit\".");
        if (ConcurrentMax is < 1 or > 1000)
            yield return new("outbound.concurrentMax", $"{ConcurrentMax} is outside 1 to 1000.");
        if (ConnectionsMax is < 1 or > 10_000)
            yield return new("outbound.connectionsMax", $"{ConnectionsMax} is outside 1 to 10000.");
        if (DestinationsMax is < 1 or > 10_000)
            yield return new("outbound.destinationsMax", $"{DestinationsMax} is outside 1 to 10000.");
        if (MessagesPerConnection < 1 || RecipientsPerTransaction < 1)
            yield return new("outbound.messagesPerConnection", "At least one message, and one recipient, must be allowed.");
        if (Retry.First < Duration.FromSeconds(1) || Retry.Longest < Retry.First)
            yield return new("outbound.retryFirst", "The first pause is a second at least, and the longest one not shorter.");
        if (Retry.WarnAfter <= Duration.Zero || Retry.GiveUpAfter <= Retry.WarnAfter)
            yield return new("outbound.giveUpAfter", "A sender is told that it takes long before it is given up.");
        foreach (var source in Sources.GroupBy(s => s.Class, StringComparer.Ordinal).Where(s => s.Count() > 1))
            yield return new("outbound.source", $"The class {source.Key} stands there twice.");
        if (RetryAfter.Count == 0 || RetryAfter.Any(pause => pause < TimeSpan.FromSeconds(1)))
            yield return new("outbound.retryAfter", "It needs at least one pause, and none below a second.");
        if (GiveUpAfter < TimeSpan.FromHours(1))
            yield return new("outbound.giveUpAfter", $"{GiveUpAfter} is below one hour.");
        if (ConnectTimeout < TimeSpan.FromSeconds(1) || ReplyTimeout < TimeSpan.FromSeconds(1))
            yield return new("outbound.connectTimeout", "Time-outs are one second at least.");
    }
}

/// <summary>The addresses that mail of one class of customers is sent from.</summary>
/// <param name="Class">The class, as in <c>customer.source_class</c>.</param>
/// <param name="Addresses">Addresses of this machine; one for each family is enough.</param>
public sealed record OutboundSource(string Class, IReadOnlyList<Address> Addresses);

/// <summary>A server that takes all our mail.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port; 587 or 25, 465 with implicit TLS.</param>
/// <param name="Tls">Whether TLS must be used.</param>
/// <param name="User">The user name; <see langword="null"/> when it asks for none.</param>
/// <param name="Password">The password.</param>
public sealed record Smarthost(
    string Host, int Port, SmarthostTls Tls = SmarthostTls.WhenOffered, string? User = null, string? Password = null)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>Whether TLS is used towards a smarthost.</summary>
public enum SmarthostTls
{
    /// <summary>STARTTLS when it is offered, with any certificate.</summary>
    WhenOffered,

    /// <summary>STARTTLS, with a valid certificate, or nothing.</summary>
    Required,

    /// <summary>TLS from the first octet, with a valid certificate.</summary>
    Implicit,
}
