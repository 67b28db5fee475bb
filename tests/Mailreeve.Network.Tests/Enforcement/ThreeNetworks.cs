using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Enforcement;
using Mailreeve.Testing;

namespace Mailreeve.Network.Tests.Enforcement;

/// <summary>A customer, our router and the Internet, each a network namespace of this process; they go with it.</summary>
internal sealed class ThreeNetworks : IDisposable
{
    // Nothing is ever blocked between these two: what was sent before and has not arrived when these have met will not arrive.
    private const string ControlCustomer = "192.0.2.99";
    private const string ControlInternet = "198.51.100.99";

    private readonly List<NetworkNamespace> made = [];
    private readonly List<Socket> listening = [];

    private ThreeNetworks()
    {
        (Customer, Edge, Internet) = (Make(), Make(), Make());
        Edge.Ip(
            "link set lo up",
            $"link add cust0 type veth peer name eth0 netns {Customer.Path}",
            $"link add wan0 type veth peer name eth0 netns {Internet.Path}",
            "addr add 192.0.2.1/24 dev cust0", "addr add 2001:db8:1::1/64 dev cust0 nodad",
            "addr add 198.51.100.1/24 dev wan0", "addr add 2001:db8:2::1/64 dev wan0 nodad",
            "link set cust0 up", "link set wan0 up",
            "route add 203.0.113.0/24 via 198.51.100.2", "-6 route add 2001:db8:66::/48 via 2001:db8:2::2");
        Connect(Customer, "192.0.2", "2001:db8:1:", ["192.0.2.7/24", "192.0.2.8/24", "192.0.2.99/24", "2001:db8:1::7/64"]);
        Connect(Internet, "198.51.100", "2001:db8:2:",
            ["198.51.100.2/24", "198.51.100.99/24", "203.0.113.66/32", "203.0.113.67/32", "2001:db8:2::2/64", "2001:db8:66::66/128"]);
        Edge.In(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return true;
        });
        foreach (var network in made)
        {
            foreach (var port in new[] { 22, 25, 80 })
                listening.Add(network.In(() => Listen(port)));
        }
    }

    /// <summary>Has 192.0.2.7, 192.0.2.8 and 2001:db8:1::7.</summary>
    public NetworkNamespace Customer { get; }

    /// <summary>Has 192.0.2.1, 198.51.100.1, 2001:db8:1::1 and 2001:db8:2::1, and the packet filter.</summary>
    public NetworkNamespace Edge { get; }

    /// <summary>Has 198.51.100.2, 203.0.113.66, 203.0.113.67, 2001:db8:2::2 and 2001:db8:66::66.</summary>
    public NetworkNamespace Internet { get; }

    /// <summary>Makes them; skips the test where that is not allowed.</summary>
    public static ThreeNetworks Make3() => new();

    /// <summary>The router's packet filter.</summary>
    public NftablesBackEnd Open() => TryOpen() ?? throw new InvalidOperationException("Another has it.");

    /// <summary>The router's packet filter; null while another has it.</summary>
    public NftablesBackEnd? TryOpen() => Edge.In(NftablesBackEnd.TryOpen);

    /// <summary>Waits until connections are made; all networks listen on ports 22, 25 and 80.</summary>
    public static Task FlowsAsync(NetworkNamespace from, string source, string to, int port) =>
        Eventually.TrueAsync(async () =>
        {
            using var socket = from.In(() => Begin(source));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(to), port, patience.Token);
                return true;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return false;
            }
        }, $"{source} reaches {to} port {port}");

    /// <summary>Whether a connection is not made, while others are.</summary>
    public async Task<bool> IsStoppedAsync(NetworkNamespace from, string source, string to, int port)
    {
        using var socket = from.In(() => Begin(source));
        var connecting = socket.ConnectAsync(IPAddress.Parse(to), port, CancellationToken.None).AsTask();
        for (var i = 0; i < 3; i++)
            await FlowsAsync(Customer, ControlCustomer, ControlInternet, 80);
        return !connecting.IsCompletedSuccessfully;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listening.ForEach(s => s.Dispose());
        made.ForEach(n => n.Dispose());
    }

    private static Socket Begin(string source)
    {
        var address = IPAddress.Parse(source);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        socket.Listen(100);
        return socket;
    }

    private static void Connect(NetworkNamespace network, string ipv4, string ipv6, string[] addresses) =>
        network.Ip([
            "link set lo up",
            .. addresses.Select(a => a.Contains(':', StringComparison.Ordinal) ? $"addr add {a} dev eth0 nodad" : $"addr add {a} dev eth0"),
            "link set eth0 up",
            $"route add default via {ipv4}.1", $"-6 route add default via {ipv6}:1",
        ]);

    private NetworkNamespace Make()
    {
        var network = NetworkNamespace.Make();
        made.Add(network);
        return network;
    }
}
