namespace Mailreeve.Protocols.Bgp;

/// <summary>What kind of routes a session carries: the address family in the upper octets, the subsequent one in the last (RFC 4760 §3).</summary>
public enum BgpFamily
{
    /// <summary>Routes of IPv4.</summary>
    UnicastIPv4 = 0x0001_01,

    /// <summary>Flow specifications of IPv4 (RFC 8955 §4).</summary>
    FlowIPv4 = 0x0001_85,

    /// <summary>Routes of IPv6.</summary>
    UnicastIPv6 = 0x0002_01,

    /// <summary>Flow specifications of IPv6 (RFC 8956 §2).</summary>
    FlowIPv6 = 0x0002_85,
}
