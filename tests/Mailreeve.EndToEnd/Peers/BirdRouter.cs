using System.Diagnostics;
using System.Net;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// A router with Bird on it, between our machine, a customer and the Internet, each in a network of its own. It keeps to what we tell it over
/// BGP: blackholes go to its kernel, flow specifications into its tables <c>f4</c> and <c>f6</c>.
/// </summary>
internal sealed class BirdRouter : IAsyncDisposable
{
    /// <summary>The secret that both sign with.</summary>
    public const string Password = "a shared secret";

    private readonly List<NetworkNamespace> networks = [];
    private readonly NetworkNamespace router;
    private readonly Box bird;
    private readonly List<IDisposable> listening = [];

    public BirdRouter()
    {
        router = Make();
        router.Ip("link set lo up");
        Ours = Connect("ours", "198.51.100", "2001:db8:9:");
        Customer = Connect("cust", "192.0.2", "2001:db8:1:", "192.0.2.7/24", "2001:db8:1::7/64");
        Internet = Connect("wan", "203.0.113", "2001:db8:66:", "203.0.113.66/24", "203.0.113.67/24", "2001:db8:66::66/64");
        router.In(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return true;
        });
        listening.Add(Internet.Listen(IPAddress.IPv6Any, 80));
        listening.Add(Internet.Listen(IPAddress.Any, 80));
        bird = new Box(new Machine(router, [IPAddress.Parse("198.51.100.1")]), "bird2");
    }

    /// <summary>Has 198.51.100.10; the router is 198.51.100.1 to it.</summary>
    public Machine Ours { get; }

    /// <summary>Has 192.0.2.7 and 2001:db8:1::7.</summary>
    public Machine Customer { get; }

    /// <summary>Has 203.0.113.66, 203.0.113.67 and 2001:db8:66::66, and listens on port 80.</summary>
    public Machine Internet { get; }

    /// <summary>What Bird has said.</summary>
    public string Said => bird.Said;

    /// <summary>Starts Bird.</summary>
    public async Task StartAsync()
    {
        bird.Write("bird.conf", $$"""
            log stderr all;
            router id 198.51.100.1;
            flow4 table f4;
            flow6 table f6;
            filter blackholes {
              if (65535, 666) ~ bgp_community && (65535, 65281) ~ bgp_community then { dest = RTD_BLACKHOLE; accept; }
              reject;
            }
            protocol device { }
            protocol direct { ipv4; ipv6; }
            protocol kernel k4 { scan time 1; ipv4 { import none; export where source = RTS_BGP; }; }
            protocol kernel k6 { scan time 1; ipv6 { import none; export where source = RTS_BGP; }; }
            protocol bgp mailreeve {
              local 198.51.100.1 as 64500;
              neighbor 198.51.100.10 as 64500;
              passive on;
              password "{{Password}}";
              ipv4 { import filter blackholes; export none; };
              ipv6 { import filter blackholes; export none; };
              flow4 { table f4; import all; export none; };
              flow6 { table f6; import all; export none; };
            }
            """);
        bird.Start("127.0.0.1", "true", "bird -f -c /peer/bird.conf -s /peer/bird.ctl &");
        await Eventually.TrueAsync(() => Show("status").Contains("Daemon is up and running", StringComparison.Ordinal), "Bird is up");
    }

    /// <summary>SIGKILL, and a new start with nothing of what it knew.</summary>
    public void KillAndStart() => bird.KillAndStart();

    /// <summary>What Bird answers to <c>show …</c>; nothing while it is not there.</summary>
    public string Show(string what)
    {
        // A client of its own makes, that needs no library of the package.
        using var client = Process.Start(new ProcessStartInfo(Path.Combine(Box.Unpacked, "bird2/usr/sbin/birdcl"), ["-r", "-s", Path.Combine(bird.Folder, "bird.ctl"), "show", .. what.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = client.StandardError.ReadToEndAsync();
        var said = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        _ = errors.Result;
        return said;
    }

    /// <summary>The blackholes in the router's kernel, as <c>ip route</c> prints them.</summary>
    public string Blackholes => router.Run("ip", "route", "show", "type", "blackhole") + router.Run("ip", "-6", "route", "show", "type", "blackhole");

    /// <summary>Whether a customer's connection to a host of the Internet is made. A connection to one that nobody blocks comes first and goes through.</summary>
    public async Task<bool> FlowsAsync(string to, CancellationToken stop)
    {
        using var control = await Customer.ConnectAsync(IPAddress.Parse("203.0.113.67"), 80, stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            using var socket = await Customer.ConnectAsync(IPAddress.Parse(to), 80, patience.Token);
            return true;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        listening.ForEach(l => l.Dispose());
        await bird.DisposeAsync();
        networks.ForEach(n => n.Dispose());
    }

    private Machine Connect(string name, string ipv4, string ipv6, params string[] addresses)
    {
        var network = Make();
        router.Ip(
            $"link add {name} type veth peer name eth0 netns {network.Path}",
            $"addr add {ipv4}.1/24 dev {name}", $"addr add {ipv6}:1/64 dev {name} nodad", $"link set {name} up");
        string[] all = addresses.Length > 0 ? addresses : [$"{ipv4}.10/24", $"{ipv6}:10/64"];
        network.Ip([
            "link set lo up",
            .. all.Select(a => a.Contains(':', StringComparison.Ordinal) ? $"addr add {a} dev eth0 nodad" : $"addr add {a} dev eth0"),
            "link set eth0 up", $"route add default via {ipv4}.1", $"-6 route add default via {ipv6}:1",
        ]);
        return new Machine(network, [.. all.Select(a => IPAddress.Parse(a.Split('/')[0]))]);
    }

    private NetworkNamespace Make()
    {
        var network = NetworkNamespace.Make();
        networks.Add(network);
        return network;
    }
}
