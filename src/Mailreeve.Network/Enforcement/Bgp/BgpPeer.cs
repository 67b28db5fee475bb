using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Enforcement.Bgp;

/// <summary>A router that is told what to drop.</summary>
public sealed record BgpPeer
{
    /// <summary>The port of BGP (RFC 4271 §8.2.1).</summary>
    public const int PortDefault = 179;

    /// <summary>Where it listens. We call; it never calls us.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Its autonomous system.</summary>
    public required uint RemoteAs { get; init; }

    /// <summary>Ours; the same one makes the session an internal one.</summary>
    public required uint LocalAs { get; init; }

    /// <summary>What tells us apart from other routers: an IPv4 address of ours.</summary>
    public required Address RouterId { get; init; }

    /// <summary>The address we call from; null to let the system choose.</summary>
    public Address? LocalAddress { get; init; }

    /// <summary>Whether it takes blackholes (RFC 7999): what is sent to the addresses is dropped.</summary>
    public bool TakesBlackholes { get; init; }

    /// <summary>Whether it takes flow specifications (RFC 8955): both directions, and port 25 alone.</summary>
    public bool TakesFlows { get; init; }

    /// <summary>Where blackholes of IPv4 lead; null when it takes none of them.</summary>
    public Address? NextHop { get; init; }

    /// <summary>Where blackholes of IPv6 lead; null when it takes none of them.</summary>
    public Address? NextHopIPv6 { get; init; }

    /// <summary>By what it knows a blackhole. NO_EXPORT comes besides.</summary>
    public IReadOnlyList<uint> BlackholeCommunities { get; init; } = [BgpUpdates.Blackhole];

    /// <summary>The shortest prefix of IPv4 that it is told of, 8–32: one typed by mistake must not take a network down.</summary>
    public int ShortestIPv4 { get; init; } = 24;

    /// <summary>The shortest prefix of IPv6 that it is told of, 19–128.</summary>
    public int ShortestIPv6 { get; init; } = 48;

    /// <summary>The secret of TCP's signatures (RFC 2385), 1–80 octets; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>How long one waits for a word from the other, in seconds: 3–65535. The shorter one of both sides holds.</summary>
    public int HoldSeconds { get; init; } = 90;

    /// <summary>For how many seconds it is to keep what it was told when the connection breaks (RFC 4724), 0–4095; 0 for not at all.</summary>
    public int RestartSeconds { get; init; } = 120;

    /// <summary>What it is called in rows, figures and logs.</summary>
    public string Name => $"bgp {EndPoint.Address}";

    /// <summary>What kinds of routes it may be told.</summary>
    public IReadOnlyList<BgpFamily> Families =>
    [
        .. TakesBlackholes && NextHop is not null ? [BgpFamily.UnicastIPv4] : Array.Empty<BgpFamily>(),
        .. TakesBlackholes && NextHopIPv6 is not null ? [BgpFamily.UnicastIPv6] : Array.Empty<BgpFamily>(),
        .. TakesFlows ? [BgpFamily.FlowIPv4, BgpFamily.FlowIPv6] : Array.Empty<BgpFamily>(),
    ];

    /// <summary>Its name: the secret stays out of logs.</summary>
    public override string ToString() => Name;

    /// <summary>What is wrong with it, by key of the configuration; nothing when it is right.</summary>
    public IEnumerable<(string Key, string Reason)> Problems()
    {
        if (RemoteAs == 0)
            yield return ("remote-as", "0 is no autonomous system.");
        if (LocalAs == 0)
            yield return ("local-as", "0 is no autonomous system.");
        if (!RouterId.IsIPv4 || (uint)RouterId.Bits == 0)
            yield return ("router-id", "A router is named by an IPv4 address.");
        if (LocalAddress is { } local && local.IsIPv4 != (EndPoint.AddressFamily == AddressFamily.InterNetwork))
            yield return ("local-address", "It is not of the same protocol as the peer's.");
        if (!TakesBlackholes && !TakesFlows)
            yield return ("kind", "The peer takes nothing.");
        if (TakesBlackholes && NextHop is null && NextHopIPv6 is null)
            yield return ("next-hop", "A blackhole leads to an address that the routers drop.");
        if (NextHop is { IsIPv4: false })
            yield return ("next-hop", "It is no IPv4 address.");
        if (NextHopIPv6 is { IsIPv4: true })
            yield return ("next-hop-6", "It is no IPv6 address.");
        if (BlackholeCommunities.Count is 0 or > BgpUpdates.CommunitiesMax)
            yield return ("blackhole-community", $"1 to {BgpUpdates.CommunitiesMax} communities are needed.");
        if (ShortestIPv4 is < 8 or > 32)
            yield return ("shortest-prefix", $"{ShortestIPv4} is outside 8 to 32.");
        if (ShortestIPv6 is < 19 or > 128)
            yield return ("shortest-prefix-6", $"{ShortestIPv6} is outside 19 to 128.");
        if (Password is not null && Encoding.UTF8.GetByteCount(Password) is 0 or > TcpSignature.PasswordMax)
            yield return ("password", $"It has 1 to {TcpSignature.PasswordMax} octets.");
        if (HoldSeconds is < 3 or > ushort.MaxValue)
            yield return ("hold-seconds", $"{HoldSeconds} is outside 3 to 65535.");
        if (RestartSeconds is < 0 or > 4095)
            yield return ("restart-seconds", $"{RestartSeconds} is outside 0 to 4095.");
    }
}
