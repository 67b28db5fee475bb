using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Bgp;

/// <summary>
/// One thing that a router is told to drop. Nothing else can be said: a flow specification that speaks of lengths or fragments has taken
/// whole networks down.
/// </summary>
/// <param name="Drop">What is dropped.</param>
/// <param name="Prefix">The addresses. IPv4 when it lies in IPv4 space, otherwise IPv6.</param>
public readonly record struct BgpRoute(BgpDrop Drop, Prefix Prefix)
{
    /// <summary>In which family it is told.</summary>
    public BgpFamily Family => (Drop, Prefix.IsIPv4) switch
    {
        (BgpDrop.Blackhole, true) => BgpFamily.UnicastIPv4,
        (BgpDrop.Blackhole, false) => BgpFamily.UnicastIPv6,
        (_, true) => BgpFamily.FlowIPv4,
        (_, false) => BgpFamily.FlowIPv6,
    };
}

/// <summary>What a <see cref="BgpRoute"/> drops.</summary>
public enum BgpDrop
{
    /// <summary>What is sent to the addresses, by a route that leads nowhere (RFC 7999).</summary>
    Blackhole,

    /// <summary>What is sent to them, by a flow specification.</summary>
    To,

    /// <summary>What they send.</summary>
    From,

    /// <summary>What is sent to their port 25 of TCP.</summary>
    MailTo,

    /// <summary>What they send to port 25 of TCP.</summary>
    MailFrom,
}
