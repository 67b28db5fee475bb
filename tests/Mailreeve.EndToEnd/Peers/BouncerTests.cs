using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Debian's crowdsec-firewall-bouncer, unmodified, on a machine of its own: it takes Mailreeve for CrowdSec.</summary>
public sealed class BouncerTests
{
    private const string Listening = "198.51.100.1";
    private const string NeverStopped = "198.51.100.99";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_firewall_bouncer_stops_what_is_blocked_and_lets_pass_what_is_lifted()
    {
        using var outside = NetworkNamespace.Make();
        var network = NetworkNamespace.Make();
        network.Ip(
            "link set lo up", $"link add wan0 type veth peer name eth0 netns {outside.Path}",
            $"addr add {Listening}/24 dev wan0", "addr add 2001:db8:2::1/64 dev wan0 nodad", "link set wan0 up");
        outside.Ip(
            "link set lo up", "addr add 198.51.100.2/24 dev eth0", "addr add 198.51.100.3/24 dev eth0", "addr add 198.51.100.6/24 dev eth0",
            "addr add 198.51.100.99/24 dev eth0", "addr add 2001:db8:2::2/64 dev eth0 nodad", "link set eth0 up");
        using var machine = new Machine(network, [IPAddress.Parse(Listening)]);
        using var service = Serve(machine.Listen(IPAddress.Any, 80));
        using var serviceOverIPv6 = Serve(machine.Listen(IPAddress.IPv6Any, 80));
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var port = LocalPorts.Free();
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [enforcement.crowdsec]
            listen = ["127.0.0.1:{port}"]
            """)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);
        var added = await RunAsync("bouncer", "add", "fw1");
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        var key = added.Output.Trim().Split('\n')[^1];

        await using var bouncer = new Box(machine, "crowdsec-firewall-bouncer");
        bouncer.Write("bouncer.yaml", Configuration(port, key));
        bouncer.Start("127.0.0.1", "true", "crowdsec-firewall-bouncer -c /peer/bouncer.yaml &");
        await Eventually.TrueAsync(async () => (await RunAsync("bouncer", "list")).Output.Contains("told what is new", StringComparison.Ordinal), bouncer.Said);

        await FlowsAsync("198.51.100.2");
        var first = await BlockAsync("198.51.100.2");
        await BlockAsync("2001:db8:2::2");
        // Debian's takes the first address of a prefix only, and is given each of them.
        await BlockAsync("198.51.100.4/30");
        await StoppedAsync("198.51.100.2");
        await StoppedAsync("198.51.100.6");
        await StoppedAsync("2001:db8:2::2");
        await FlowsAsync("198.51.100.3");
        Assert.Equal(3, Regex.Count((await RunAsync("block", "list")).Output, "bouncer fw1: handed over "));

        await LiftAsync(first);
        await FlowsAsync("198.51.100.2");

        // Both were away in turn, and things went on meanwhile.
        await server.KillAsync(Stop);
        var second = await BlockAsync("198.51.100.3");
        await StoppedAsync("198.51.100.6");
        await server.StartAsync(Stop);
        await StoppedAsync("198.51.100.3");
        bouncer.KillAndStart();
        await LiftAsync(second);
        await FlowsAsync("198.51.100.3");
        await StoppedAsync("198.51.100.6");

        await AskAsync(server.Http, port, key);
        Assert.Equal(0, (await RunAsync("bouncer", "remove", "fw1")).ExitCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server.Http, port, "/v1/decisions", key)).StatusCode);

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, [.. arguments, "-c", server.ConfigPath]);

        async Task<string> BlockAsync(string target)
        {
            var placed = await RunAsync("block", "add", target, "--clause", "C8", "--reason", "Attacks us.");
            Assert.True(placed.ExitCode == 0, placed.Output + placed.Errors);
            return Regex.Match(placed.Output, @"Placed as block (\d+)").Groups[1].Value;
        }

        async Task LiftAsync(string number) => Assert.Equal(0, (await RunAsync("block", "lift", number, "--reason", "They called.")).ExitCode);

        async Task<bool> ReachesAsync(string source)
        {
            var from = IPAddress.Parse(source);
            using var socket = outside.In(() => new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            socket.Bind(new IPEndPoint(from, 0));
            var to = IPAddress.Parse(from.AddressFamily == AddressFamily.InterNetwork ? Listening : "2001:db8:2::1");
            if (source == NeverStopped)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                try
                {
                    await socket.ConnectAsync(to, 80, patience.Token);
                    return true;
                }
                catch (Exception e) when (e is OperationCanceledException or SocketException)
                {
                    return false;
                }
            }

            // Another gets through meanwhile: what has not arrived by then was stopped.
            var connecting = socket.ConnectAsync(to, 80, CancellationToken.None).AsTask();
            for (var i = 0; i < 3; i++)
                await FlowsAsync(NeverStopped);
            return connecting.IsCompletedSuccessfully;
        }

        Task FlowsAsync(string source) => Eventually.TrueAsync(() => ReachesAsync(source), $"{source} gets through. {bouncer.Said}");

        Task StoppedAsync(string source) => Eventually.TrueAsync(async () => !await ReachesAsync(source), $"{source} is stopped. {bouncer.Said}");
    }

    // Takes what comes and hangs up: a queue that nobody empties stops everybody.
    private static Socket Serve(Socket listening)
    {
        _ = AcceptAsync();
        return listening;

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                    (await listening.AcceptAsync(Stop)).Dispose();
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }
    }

    // What the bouncers of web servers do.
    private static async Task AskAsync(HttpClient http, int port, string key)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, port, "/v1/decisions", "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(http, port, "/desk", key)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(http, port, "/v1/decisions?ip=nobody", key)).StatusCode);
        Assert.Equal("null", await (await GetAsync(http, port, "/v1/decisions?ip=203.0.113.1", key)).Content.ReadAsStringAsync(Stop));
        var found = await (await GetAsync(http, port, "/v1/decisions?ip=198.51.100.6", key)).Content.ReadFromJsonAsync<JsonElement>(Stop);
        var decision = Assert.Single(found.EnumerateArray());
        Assert.Equal(("ban", "Range", "198.51.100.4/30"), (decision.GetProperty("type").GetString(), decision.GetProperty("scope").GetString(), decision.GetProperty("value").GetString()));
        Assert.Matches(@"^16[78]h\d+m\d+\.\d{3}s$", decision.GetProperty("duration").GetString());
        using var head = new HttpRequestMessage(HttpMethod.Head, $"http://127.0.0.1:{port}/v1/decisions") { Headers = { { "X-Api-Key", key } } };
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(head, Stop)).StatusCode);
        using var metrics = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/v1/usage-metrics")
        {
            Headers = { { "X-Api-Key", key } },
            Content = JsonContent.Create(new { remediation_components = Array.Empty<string>() }),
        };
        Assert.Equal(HttpStatusCode.Created, (await http.SendAsync(metrics, Stop)).StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient http, int port, string path, string key) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}") { Headers = { { "X-Api-Key", key } } }, Stop);

    private static string Configuration(int port, string key) => $"""
        mode: nftables
        pid_dir: /run/
        update_frequency: 1s
        daemonize: false
        log_mode: stdout
        log_level: info
        api_url: http://127.0.0.1:{port}/
        api_key: {key}
        disable_ipv6: false
        deny_action: DROP
        deny_log: false
        supported_decisions_types:
          - ban
        blacklists_ipv4: crowdsec-blacklists
        blacklists_ipv6: crowdsec6-blacklists
        nftables:
          ipv4:
            enabled: true
            set-only: false
            table: crowdsec
            chain: crowdsec-chain
          ipv6:
            enabled: true
            set-only: false
            table: crowdsec6
            chain: crowdsec6-chain
        prometheus:
          enabled: false
        """;
}
