using System.Globalization;
using System.Net;
using Mailreeve.Network.Enforcement.Bgp;
using Mailreeve.Network.Webhooks;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Configuration;

/// <summary>Reads what <c>mailreeve.toml</c> says about whoever stops packets: <c>[enforcement]</c>.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="endPoints">Reads addresses with ports.</param>
/// <param name="hasCertificate">Whether TLS can be offered.</param>
internal sealed class EnforcementReader(
    FileProblems problems, Func<TableReader, string, string, IReadOnlyList<IPEndPoint>> endPoints, bool hasCertificate)
{
    private const int NodeLengthMax = 64;
    private const int PeersMax = 64;

    /// <summary><c>[enforcement]</c>. It may be left out.</summary>
    public EnforcementSettings Read(TableReader file)
    {
        if (file.Table("enforcement", required: false) is not { } table)
            return EnforcementSettings.None;
        var nftables = table.TruthIfAny("nftables") ?? false;
        var node = table.TextIfAny("node", "edge-1");
        if (node is { Value.Length: 0 or > NodeLengthMax })
            problems.Add(node.At, "enforcement.node", $"A name of 1 to {NodeLengthMax} characters is needed.", "Leave the key out for this machine's own name.");
        var tables = table.Tables("bgp");
        if (tables.Count > PeersMax)
            problems.Add(table.At, table.KeyOf("bgp"), $"There are more than {PeersMax} peers.", "Tell a few routers, and let them tell the others.");
        var peers = tables.Select(Peer).OfType<BgpPeer>().ToList();
        foreach (var twice in peers.GroupBy(p => p.Name).Where(g => g.Count() > 1))
            problems.Add(table.At, table.KeyOf("bgp"), $"There are several sessions '{twice.Key}'.", "Write one [[enforcement.bgp]] for each peer.");
        var bouncers = Bouncers(table.Table("crowdsec", required: false));
        var webhooks = new WebhookReader(problems).Read(table);
        table.Finish();
        return new EnforcementSettings
        {
            Nftables = nftables,
            Node = node?.Value ?? EnforcementSettings.None.Node,
            BgpPeers = peers,
            Bouncers = bouncers,
            Webhooks = webhooks,
        };
    }

    private BouncerSettings Bouncers(TableReader? table)
    {
        if (table is null)
            return BouncerSettings.None;
        var doors = new BouncerSettings(
            table.Entry("listen") is null ? [] : endPoints(table, "listen", "127.0.0.1:8090"),
            table.Entry("listen-tls") is null ? [] : endPoints(table, "listen-tls", "0.0.0.0:8453"));
        SettingsFile.NeedsCertificate(problems, table, doors.ListenTls, hasCertificate);
        if (!doors.IsServed)
            problems.Add(table.At, table.KeyOf("listen"), "No bouncer could ask anywhere.", "Write listen = [\"127.0.0.1:8090\"], or leave the table out.");
        table.Finish();
        return doors;
    }

    private BgpPeer? Peer(TableReader table)
    {
        var defaults = new BgpPeer { EndPoint = new IPEndPoint(IPAddress.Any, BgpPeer.PortDefault), RemoteAs = 1, LocalAs = 1, RouterId = default };
        var address = OneAddress(table, "peer", "192.0.2.1", isRequired: true);
        var kinds = (table.Texts("kind", "blackhole") ?? []).Select(k => k.Value).ToList();
        if (kinds.Find(k => k is not ("blackhole" or "flowspec")) is { } unknown)
            problems.Add(table.At, table.KeyOf("kind"), $"'{unknown}' is nothing a router is told.", "Write kind = [\"blackhole\", \"flowspec\"], or one of the two.");
        var peer = new BgpPeer
        {
            EndPoint = new IPEndPoint(address?.ToIPAddress() ?? IPAddress.Any, (int)(table.WholeIfAny("port") is { } port and > 0 and < 65_536 ? port : BgpPeer.PortDefault)),
            RemoteAs = As(table, "remote-as"),
            LocalAs = As(table, "local-as"),
            RouterId = OneAddress(table, "router-id", "192.0.2.10", isRequired: true) ?? default,
            LocalAddress = OneAddress(table, "local-address", "192.0.2.10", isRequired: false),
            TakesBlackholes = kinds.Contains("blackhole"),
            TakesFlows = kinds.Contains("flowspec"),
            NextHop = OneAddress(table, "next-hop", "192.0.2.254", isRequired: false),
            NextHopIPv6 = OneAddress(table, "next-hop-6", "2001:db8::dead", isRequired: false),
            BlackholeCommunities = table.Entry("blackhole-community") is null ? defaults.BlackholeCommunities : Communities(table, "blackhole-community"),
            ShortestIPv4 = Whole(table, "shortest-prefix") ?? defaults.ShortestIPv4,
            ShortestIPv6 = Whole(table, "shortest-prefix-6") ?? defaults.ShortestIPv6,
            Password = table.TextIfAny("password", "…")?.Value,
            HoldSeconds = Whole(table, "hold-seconds") ?? defaults.HoldSeconds,
            RestartSeconds = Whole(table, "restart-seconds") ?? defaults.RestartSeconds,
        };
        table.Finish();
        if (address is null)
            return null;
        foreach (var (key, reason) in peer.Problems())
            problems.Add(table.At, table.KeyOf(key), reason, "Write what the router is set to.");
        return peer;
    }

    private static int? Whole(TableReader table, string key) => table.WholeIfAny(key) is { } whole ? (int)Math.Clamp(whole, -1, int.MaxValue) : null;

    private uint As(TableReader table, string key)
    {
        if (table.WholeIfAny(key) is { } number and > 0 and <= uint.MaxValue)
            return (uint)number;
        problems.Add(table.At, table.KeyOf(key), "The number of an autonomous system is needed.", $"Write {key} = 64500.");
        return 1;
    }

    private Address? OneAddress(TableReader table, string key, string example, bool isRequired)
    {
        if ((isRequired ? table.Text(key, example) : table.TextIfAny(key, example)) is not { } text)
            return null;
        if (Address.TryParse(text.Value, out var address))
            return address;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no address.", $"Write {key} = \"{example}\".");
        return null;
    }

    // "65535:666", two numbers of two octets (RFC 1997).
    private List<uint> Communities(TableReader table, string key)
    {
        var found = new List<uint>();
        foreach (var text in table.Texts(key, "65535:666") ?? [])
        {
            if (text.Value.Split(':') is [var high, var low]
                && ushort.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && ushort.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out var second))
                found.Add(((uint)first << 16) | second);
            else
                problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no community.", $"Write {key} = [\"65535:666\"].");
        }

        return found;
    }
}

/// <summary>Who stops packets, besides our own mail servers.</summary>
internal sealed record EnforcementSettings
{
    /// <summary>Nobody.</summary>
    public static readonly EnforcementSettings None = new();

    /// <summary>Whether the packet filter of this machine does.</summary>
    public bool Nftables { get; init; }

    /// <summary>The name of this machine in what is recorded about enforcement.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>Routers that are told over BGP.</summary>
    public IReadOnlyList<BgpPeer> BgpPeers { get; init; } = [];

    /// <summary>Where bouncers ask which addresses are blocked.</summary>
    public BouncerSettings Bouncers { get; init; } = BouncerSettings.None;

    /// <summary>Systems that are told about blocks.</summary>
    public IReadOnlyList<Webhook> Webhooks { get; init; } = [];
}
