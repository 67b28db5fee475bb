using System.Net.NetworkInformation;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network;

/// <summary>What must never be blocked, whoever says so: what the provider names, and what this machine cannot do without.</summary>
public static class NeverBlock
{
    private static readonly NeverBlockEntry[] Always =
    [
        new(Prefix.Parse("0.0.0.0/8"), "\"this network\""),
        new(Prefix.Parse("127.0.0.0/8"), "loopback"),
        new(Prefix.Parse("169.254.0.0/16"), "link-local"),
        new(Prefix.Parse("224.0.0.0/4"), "multicast"),
        new(Prefix.Parse("255.255.255.255"), "broadcast"),
        new(Prefix.Parse("::"), "the unspecified address"),
        new(Prefix.Parse("::1"), "loopback"),
        new(Prefix.Parse("fe80::/10"), "link-local"),
        new(Prefix.Parse("ff00::/8"), "multicast"),
    ];

    /// <summary>The configured entries, and those found on this machine: its own addresses and its gateways.</summary>
    public static IReadOnlyList<NeverBlockEntry> Discover(IReadOnlyList<NeverBlockEntry> configured)
    {
        var found = new List<NeverBlockEntry>([.. configured, .. Always]);
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            var properties = network.GetIPProperties();
            found.AddRange(properties.UnicastAddresses.Select(a => new NeverBlockEntry(Prefix.Single(Address.From(a.Address)), "an address of this machine")));
            found.AddRange(properties.GatewayAddresses.Select(g => new NeverBlockEntry(Prefix.Single(Address.From(g.Address)), "a gateway of this machine")));
        }

        return [.. found.DistinctBy(e => e.Prefix)];
    }
}
