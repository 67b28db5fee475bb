using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
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

    /// <summary>
    /// The configured entries, and those found on this machine: its own addresses, its gateways and name servers, the machine of the database,
    /// and whoever has signed in to start the program.
    /// </summary>
    /// <param name="configured">What the provider names.</param>
    /// <param name="databaseHosts">Names or addresses; a name that cannot be looked up now is left out.</param>
    public static IReadOnlyList<NeverBlockEntry> Discover(IReadOnlyList<NeverBlockEntry> configured, IEnumerable<string> databaseHosts)
    {
        var found = new List<NeverBlockEntry>([.. configured, .. Always]);
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            var properties = network.GetIPProperties();
            Add(found, properties.UnicastAddresses.Select(a => a.Address), "an address of this machine");
            Add(found, properties.GatewayAddresses.Select(g => g.Address), "a gateway of this machine");
            Add(found, properties.DnsAddresses, "a name server of this machine");
        }

        foreach (var host in databaseHosts)
            Add(found, AddressesOf(host), "the machine of the database");
        // "client-address client-port server-address server-port" (ssh(1)). Who merely has a connection to the door is not asked: that may be anyone.
        if (Address.ParseOrNull(Environment.GetEnvironmentVariable("SSH_CONNECTION")?.Split(' ')[0]) is { } administrator)
            found.Add(new NeverBlockEntry(Prefix.Single(administrator), "where the administrator is"));
        return [.. found.DistinctBy(e => e.Prefix)];
    }

    private static void Add(List<NeverBlockEntry> found, IEnumerable<IPAddress> addresses, string reason) =>
        found.AddRange(addresses.Select(a => new NeverBlockEntry(Prefix.Single(Address.From(a)), reason)));

    private static IPAddress[] AddressesOf(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
