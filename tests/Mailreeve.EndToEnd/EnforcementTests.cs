using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mailreeve.EndToEnd.Peers;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>The whole program on a machine with a packet filter of its own: placed by command, dropped by the kernel, whatever is killed.</summary>
public sealed class EnforcementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blocks_placed_by_command_are_in_the_kernel_and_outlive_the_program()
    {
        var nft = Required.Program("nft", "nftables");
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Make(machine, database, machine.Enter);
        await server.StartAsync(Stop);

        var dry = await RunAsync("add", "203.0.113.66", "--clause", "C8", "--reason", "Attacks us.", "--dry-run");
        Assert.True(dry.ExitCode == 0, dry.Output + dry.Errors);
        var refused = await RunAsync("add", "0.0.0.0/0", "--clause", "C8", "--reason", "Attacks us.");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("Nothing is blocked.", (await RunAsync("list")).Output.TrimEnd());
        var added = await RunAsync("add", "203.0.113.66", "--clause", "C8", "--reason", "Attacks us.", "--expires", "48 h");
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        var port25 = await RunAsync("add", "2001:db8:66::/64", "--scope", "port25", "--clause", "C7", "--reason", "Open relay.");
        Assert.True(port25.ExitCode == 0, port25.Output + port25.Errors);
        await Eventually.TrueAsync(async () => Regex.Count((await RunAsync("list")).Output, "nftables at edge-1: active, read back ") == 2);
        Assert.Contains("203.0.113.66", Set("all_4"), StringComparison.Ordinal);
        Assert.Contains("2001:db8:66::/64", Set("port25_6_net"), StringComparison.Ordinal);

        // What is blocked stays so while nobody is there, what is lifted meanwhile is lifted by the next, and a flush is put right.
        await server.KillAsync(Stop);
        Assert.Contains("203.0.113.66", Set("all_4"), StringComparison.Ordinal);
        var number = Regex.Match((await RunAsync("list")).Output, @"(?m)^(\d+) +203\.0\.113\.66").Groups[1].Value;
        var lifted = await RunAsync("lift", number, "--reason", "They called.");
        Assert.True(lifted.ExitCode == 0, lifted.Output + lifted.Errors);
        await server.StartAsync(Stop);
        await Eventually.TrueAsync(() => !Set("all_4").Contains("203.0.113.66", StringComparison.Ordinal));
        network.Run(nft, "flush", "ruleset");
        await Eventually.TrueAsync(() => network.Run(nft, "list", "tables").Contains("inet mailreeve", StringComparison.Ordinal));
        Assert.Contains("2001:db8:66::/64", Set("port25_6_net"), StringComparison.Ordinal);

        Assert.Equal(1, (await RunAsync("lift-all", "--reason", "It was us.", "--words", "yes")).ExitCode);
        var all = await RunAsync("lift-all", "--reason", "It was us.", "--words", "lift everything");
        Assert.Equal((0, "1 block(s) lifted."), (all.ExitCode, all.Output.TrimEnd()));
        await Eventually.TrueAsync(() => !Set("port25_6_net").Contains("2001:db8", StringComparison.Ordinal));
        var metrics = await server.Http.GetStringAsync(new Uri($"http://{server.Pages}/metrics"), Stop);
        Assert.Matches(@"(?m)^mailreeve_enforcement_drift_total\{back_end=""nftables""\} [1-9]", metrics);

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["block", .. arguments, "-c", server.ConfigPath]);

        string Set(string name) => network.Run(nft, "list", "set", "inet", "mailreeve", name);
    }

    [Fact]
    public async Task Without_the_right_to_the_packet_filter_it_says_so_and_mail_goes_on()
    {
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Make(machine, database, [.. machine.Enter, "setpriv", "--bounding-set=-net_admin", "--"]);
        await server.StartAsync(Stop);

        await Eventually.TrueAsync(async () =>
            (await Program.RunAsync(Stop, "block", "list", "-c", server.ConfigPath)).Output.Contains("nftables at edge-1 does not enforce: Mailreeve may not", StringComparison.Ordinal));

        Assert.Contains("it needs CAP_NET_ADMIN", server.Said, StringComparison.Ordinal);
        using var mail = await machine.ConnectAsync(IPAddress.Loopback, server.SmtpPort, Stop);
        var greeting = new byte[3];
        await mail.ReceiveAsync(greeting, Stop);
        Assert.Equal("220"u8.ToArray(), greeting);
    }

    [Fact]
    public async Task A_router_that_is_set_up_wrongly_is_told_of_before_anything_starts()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: """
            [[enforcement.bgp]]
            peer = "192.0.2.1"
            remote-as = 0
            local-as = 64500
            router-id = "2001:db8::1"
            kind = ["blackhole", "null"]
            next-hop-6 = "192.0.2.254"
            blackhole-community = ["65535:66600"]
            shortest-prefix = 33
            hold-seconds = 2
            """);

        var run = await Program.RunAsync(Stop, "block", "list", "-c", server.ConfigPath);

        Assert.NotEqual(0, run.ExitCode);
        Assert.All(
            [
                "The number of an autonomous system is needed.", "A router is named by an IPv4 address.", "'null' is nothing a router is told.", "It is no IPv6 address.",
                "'65535:66600' is no community.", "33 is outside 8 to 32.", "2 is outside 3 to 65535.",
            ],
            problem => Assert.Contains(problem, run.Output + run.Errors, StringComparison.Ordinal));
    }

    private static ServerProcess Make(Machine machine, TestDatabase database, IReadOnlyList<string> under) =>
        new(database.ConnectionString, smarthostPort: 25, sections: """
            [enforcement]
            nftables = true
            node = "edge-1"
            """)
        {
            Under = under,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
}
