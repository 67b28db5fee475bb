using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>The whole program, and Debian's Bird as the router that it tells what to drop.</summary>
public sealed class BirdTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_announced_is_dropped_whoever_is_killed_until_it_is_lifted()
    {
        await using var router = new BirdRouter();
        await router.StartAsync();
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Make(router, database, restartSeconds: 120);
        await server.StartAsync(Stop);
        Assert.True(await router.FlowsAsync("203.0.113.66", Stop));
        Assert.True(await router.FlowsAsync("2001:db8:66::66", Stop));

        var attacker = await AddAsync(server, "203.0.113.66");
        await AddAsync(server, "2001:db8:66::66");
        await AddAsync(server, "192.0.2.7", "--scope", "port25");
        await AllAsync("203.0.113.66", "2001:db8:66::66");

        Assert.False(await router.FlowsAsync("203.0.113.66", Stop));
        Assert.False(await router.FlowsAsync("2001:db8:66::66", Stop));
        await Eventually.TrueAsync(async () => Regex.Count((await BlockAsync(server, "list")).Output, "bgp 198.51.100.1 at edge-1: announced, last known ") == 3);
        Assert.Contains("Established", router.Show("protocols"), StringComparison.Ordinal);

        // Bird keeps a rule's octets a second and its community for whoever installs it.
        var flow = router.Show("route all table f4");
        Assert.Contains("(generic, 0x80060000, 0x0)", flow, StringComparison.Ordinal);
        Assert.Contains("(65535,65281)", flow, StringComparison.Ordinal);

        // What is never blocked is not even taken, and by force it is not announced: the router is among it.
        Assert.Equal(1, (await BlockAsync(server, "add", "198.51.100.1", "--clause", "C8", "--reason", "By mistake.")).ExitCode);
        await PlaceAsync(database, 1001, "0.0.0.0/0");
        await PlaceAsync(database, 1002, "198.51.100.0/29");
        await Eventually.TrueAsync(() => router.Blackholes.Contains("198.51.100.4/30", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"blackhole (0\.0\.0\.0|128\.|198\.51\.100\.1|198\.51\.100\.0/)", router.Blackholes);
        Assert.Contains("shorter than /24 are not announced", (await BlockAsync(server, "list")).Output, StringComparison.Ordinal);

        router.KillAndStart();
        await Eventually.TrueAsync(() => router.Show("protocols").Contains("Established", StringComparison.Ordinal), "the session is up again");
        await AllAsync("203.0.113.66", "2001:db8:66::66", "198.51.100.4/30");
        Assert.False(await router.FlowsAsync("203.0.113.66", Stop));

        Assert.Equal(0, (await BlockAsync(server, "lift", attacker, "--reason", "They called.")).ExitCode);
        await Eventually.TrueAsync(() => !router.Blackholes.Contains("203.0.113.66", StringComparison.Ordinal));
        Assert.True(await router.FlowsAsync("203.0.113.66", Stop));
        Assert.False(await router.FlowsAsync("2001:db8:66::66", Stop));
        Assert.DoesNotContain("203.0.113.66", router.Show("route table f4"), StringComparison.Ordinal);

        async Task AllAsync(params string[] blackholes)
        {
            foreach (var blackhole in blackholes)
                await Eventually.TrueAsync(() => router.Blackholes.Contains($"blackhole {blackhole} ", StringComparison.Ordinal), blackhole);
            foreach (var (table, rule) in new[]
            {
                ("f4", "flow4 { src 203.0.113.66/32; }"), ("f4", "flow4 { src 192.0.2.7/32; proto 6; dport 25; }"), ("f4", "flow4 { dst 192.0.2.7/32; proto 6; dport 25; }"),
                ("f6", "flow6 { src 2001:db8:66::66/128; }"),
            })
                await Eventually.TrueAsync(() => router.Show($"route table {table}").Contains(rule, StringComparison.Ordinal), rule);
        }
    }

    [Theory]
    [InlineData(120)]
    [InlineData(0)]
    public async Task Whether_blocks_outlive_the_program_is_as_configured(int restartSeconds)
    {
        await using var router = new BirdRouter();
        await router.StartAsync();
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Make(router, database, restartSeconds);
        await server.StartAsync(Stop);
        var lifted = await AddAsync(server, "203.0.113.66");
        await AddAsync(server, "2001:db8:66::66");
        await Eventually.TrueAsync(() => router.Blackholes.Contains("203.0.113.66", StringComparison.Ordinal) && router.Blackholes.Contains("2001:db8:66::66", StringComparison.Ordinal));

        await server.KillAsync(Stop);
        await Eventually.TrueAsync(() => !router.Show("protocols").Contains("Established", StringComparison.Ordinal), "Bird has noticed");
        if (restartSeconds == 0)
            await Eventually.TrueAsync(() => router.Blackholes.Length == 0, "all is open");
        else
            Assert.False(await router.FlowsAsync("203.0.113.66", Stop));

        // What was lifted meanwhile is not kept for longer than it takes to say so.
        Assert.Equal(0, (await BlockAsync(server, "lift", lifted, "--reason", "They called.")).ExitCode);
        await server.StartAsync(Stop);
        await Eventually.TrueAsync(() => !router.Blackholes.Contains("203.0.113.66", StringComparison.Ordinal) && router.Blackholes.Contains("2001:db8:66::66", StringComparison.Ordinal));
        Assert.True(await router.FlowsAsync("203.0.113.66", Stop));

        // The same when it is told to stop rather than killed.
        await server.TerminateAsync(Stop);
        await Eventually.TrueAsync(() => !router.Show("protocols").Contains("Established", StringComparison.Ordinal), "Bird has noticed");
        if (restartSeconds == 0)
            await Eventually.TrueAsync(() => router.Blackholes.Length == 0, "all is open");
        else
            Assert.False(await router.FlowsAsync("2001:db8:66::66", Stop));
    }

    private static ServerProcess Make(BirdRouter router, TestDatabase database, int restartSeconds) =>
        new(database.ConnectionString, smarthostPort: 25, sections: $"""
            [enforcement]
            node = "edge-1"

            [[enforcement.bgp]]
            peer = "198.51.100.1"
            remote-as = 64500
            local-as = 64500
            router-id = "198.51.100.10"
            kind = ["blackhole", "flowspec"]
            next-hop = "192.0.2.254"
            next-hop-6 = "2001:db8:1::dead"
            password = "{BirdRouter.Password}"
            restart-seconds = {restartSeconds}
            """)
        {
            Under = router.Ours.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await router.Ours.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };

    private static Task PlaceAsync(TestDatabase database, long id, string prefix) => database.Database.WriteAsync(
        db => new BlockStore(db).PlaceAsync([Some.Block with { Id = new BlockId(id), Prefix = Prefix.Parse(prefix), Scope = BlockScope.All, StartsAt = Now, ExpiresAt = Now + NodaTime.Duration.FromDays(1) }], Stop), Stop);

    private static NodaTime.Instant Now => NodaTime.SystemClock.Instance.GetCurrentInstant();

    private static Task<CommandRun> BlockAsync(ServerProcess server, params string[] arguments) => Program.RunAsync(Stop, ["block", .. arguments, "-c", server.ConfigPath]);

    // The number of the block.
    private static async Task<string> AddAsync(ServerProcess server, string target, params string[] more)
    {
        var added = await BlockAsync(server, ["add", target, "--clause", "C8", "--reason", "Attacks us.", .. more]);
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        return Regex.Match(added.Output, @"Placed as block (\d+)").Groups[1].Value;
    }
}
