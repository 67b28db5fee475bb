using System.Net;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Lists;

/// <summary>How the name server for our own lists works. Read at start; a change needs a restart.</summary>
public sealed record ListServerOptions
{
    /// <summary>Where it listens, over UDP and TCP; empty for nowhere.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>The list of addresses.</summary>
    public required DnsZoneHead Zone { get; init; }

    /// <summary>Who may ask; others are refused (RFC 5782 §2.1 leaves it to the list). A list that answers everybody is also a means of attack.</summary>
    public required IReadOnlyList<Prefix> AskedBy { get; init; }

    /// <summary>What a listing is answered with, by the clause it rests on: the last octet of 127.0.0.x, 2 to 254.</summary>
    public IReadOnlyDictionary<ClauseId, byte> Codes { get; init; } = CodesDefault;

    /// <summary>What every other clause is answered with: 2, as RFC 5782 §2.1 has it for a list of senders of spam.</summary>
    public const byte CodeDefault = 2;

    /// <summary>C7 is about open relays, C5 about scans and break-ins, C8 about others.</summary>
    public static readonly IReadOnlyDictionary<ClauseId, byte> CodesDefault = new Dictionary<ClauseId, byte>
    {
        [new ClauseId("C7")] = 3,
        [new ClauseId("C5")] = 4,
        [new ClauseId("C8")] = 5,
    };

    /// <summary>The zone of blocked names, for resolvers (response policy zone); null for none.</summary>
    public DnsZoneHead? Names { get; init; }

    /// <summary>Who may fetch it whole. They may ask, too.</summary>
    public IReadOnlyList<Prefix> TransferTo { get; init; } = [];

    /// <summary>Who is told when it changes.</summary>
    public IReadOnlyList<IPEndPoint> Notify { get; init; } = [];

    /// <summary>Connections over TCP at once.</summary>
    public int ConnectionsMax { get; init; } = 128;

    /// <summary>Connections over TCP from one address at once, from one /64 of IPv6.</summary>
    public int ConnectionsPerAddress { get; init; } = 8;

    /// <summary>How long a connection may say nothing, and how long an answer may take to be fetched (RFC 7766 §6.2.3).</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);
}
