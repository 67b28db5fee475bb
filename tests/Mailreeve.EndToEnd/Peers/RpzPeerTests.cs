using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Blocked names at resolvers that others wrote: BIND and Unbound fetch our zone, refuse what is in it, and answer everything else.</summary>
public sealed class RpzPeerTests
{
    private const string Ours = "127.0.0.10";
    private const string Bind = "127.0.0.20";
    private const string Unbound = "127.0.0.30";
    private const string Authority = "127.0.0.40";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resolvers_refuse_a_blocked_name_at_once_and_answer_it_again_when_it_is_lifted()
    {
        var dig = Required.Program("dig", "bind9-dnsutils");
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        // BIND listens on addresses only that an interface names.
        network.Ip($"addr add {Bind}/8 dev lo");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var authority = StartAuthority(machine);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [dnsbl]
            zone = "bl.provider.example"
            listen = ["{Ours}:53"]
            name-servers = ["ns.provider.example"]

            [dnsbl.rpz]
            zone = "rpz.provider.example"
            transfer-to = ["127.0.0.0/8"]
            notify = ["{Bind}:53", "{Unbound}:53"]
            """)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);
        await using var bind = StartBind(machine);
        await using var unbound = StartUnbound(machine);
        foreach (var resolver in (string[])[Bind, Unbound])
            await Eventually.TrueAsync(async () => (await AskAsync(resolver, "shop.bad.example", "A")).Contains("192.0.2.66", StringComparison.Ordinal), $"{resolver} answers: {bind.Said}{unbound.Said}");

        var placed = await RunAsync("add", "bad.example", "--clause", "C6", "--reason", "It sells lists of addresses.", "--expires", "48 h");
        Assert.True(placed.ExitCode == 0, placed.Output + placed.Errors);
        Assert.Contains("bad.example  and all below", (await RunAsync("list")).Output, StringComparison.Ordinal);
        foreach (var resolver in (string[])[Bind, Unbound])
        {
            foreach (var name in (string[])["bad.example", "shop.bad.example", "deep.down.bad.example"])
                await Eventually.TrueAsync(async () => (await AskAsync(resolver, name, "A")).Contains("status: NXDOMAIN", StringComparison.Ordinal), $"{resolver} refuses {name}");
            Assert.Contains("192.0.2.77", await AskAsync(resolver, "good.example", "A"), StringComparison.Ordinal);
        }

        // Ours, and what is too much, is never blocked; a name is blocked once.
        foreach (var wrong in (string[])["provider.example", "bad.example", "co.uk"])
            Assert.Equal(1, (await RunAsync("add", wrong, "--clause", "C6", "--reason", "It is wrong.")).ExitCode);
        Assert.Equal(3, (await AskAsync(Ours, "rpz.provider.example", "AXFR")).Split('\n').Count(l => l.Contains("rpz.provider.example.\t", StringComparison.Ordinal) && !l.Contains("bad", StringComparison.Ordinal)));

        var lifted = await RunAsync("lift", "bad.example", "--reason", "They stopped.");
        Assert.True(lifted.ExitCode == 0, lifted.Output + lifted.Errors);
        foreach (var resolver in (string[])[Bind, Unbound])
            await Eventually.TrueAsync(async () => (await AskAsync(resolver, "shop.bad.example", "A")).Contains("192.0.2.66", StringComparison.Ordinal), $"{resolver} answers again");
        Assert.Matches(@"(?m)^mailreeve_dnsbl_transfers_total [1-9]", await server.Http.GetStringAsync(new Uri($"http://{server.Pages}/metrics"), Stop));

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["block", .. arguments, "-c", server.ConfigPath]);

        async Task<string> AskAsync(string whom, string name, string type)
        {
            string[] command = [.. machine.Enter, dig, $"@{whom}", name, type, "+time=5", "+tries=1", "+noall", "+comments", "+answer"];
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(Stop);
            var said = await process.StandardOutput.ReadToEndAsync(Stop);
            await process.WaitForExitAsync(Stop);
            return said + await errors;
        }
    }

    private static Box StartAuthority(Machine machine)
    {
        var nsd = new Box(machine, "nsd");
        nsd.Write("example.zone", $"""
            $ORIGIN example.
            $TTL 1
            @ SOA ns.example. hostmaster.example. 1 3600 600 86400 1
            @ NS ns
            ns A {Authority}
            good A 192.0.2.77
            bad A 192.0.2.66
            *.bad A 192.0.2.66
            """);
        nsd.Write("nsd.conf", $"""
            server:
              ip-address: {Authority}
              username: nsd
              zonesdir: "/peer"
              database: ""
              pidfile: "/run/nsd.pid"
              xfrdfile: "/run/xfrd"
              xfrdir: "/run"
              zonelistfile: "/run/zonelist"
              server-count: 1
            remote-control:
              control-enable: no
            zone:
              name: example
              zonefile: example.zone
            """);
        nsd.Start("127.0.0.1", "true", "nsd -d -c /peer/nsd.conf &");
        return nsd;
    }

    private static Box StartBind(Machine machine)
    {
        var bind = new Box(machine, "bind9");
        // It takes up changes of such a zone once a minute unless it is told otherwise.
        bind.Write("named.conf", $$"""
            options {
              directory "/run";
              pid-file none;
              session-keyfile none;
              listen-on port 53 { {{Bind}}; };
              listen-on-v6 { none; };
              recursion yes;
              allow-query { any; };
              dnssec-validation no;
              response-policy { zone "rpz.provider.example" min-update-interval 1; };
            };
            controls { };
            zone "rpz.provider.example" { type secondary; primaries { {{Ours}}; }; file "/run/rpz"; };
            zone "example" { type forward; forward only; forwarders { {{Authority}}; }; };
            """);
        bind.Start("127.0.0.1", "true", "named -f -u nobody -n 1 -c /peer/named.conf &");
        return bind;
    }

    private static Box StartUnbound(Machine machine)
    {
        var unbound = new Box(machine, "unbound");
        unbound.Write("unbound.conf", $"""
            server:
              interface: {Unbound}
              access-control: 0.0.0.0/0 allow
              username: unbound
              chroot: ""
              directory: "/peer"
              pidfile: "/run/unbound.pid"
              do-daemonize: no
              use-syslog: no
              num-threads: 1
              do-not-query-localhost: no
              module-config: "respip iterator"
              local-zone: "." static
              local-zone: "example." transparent
            rpz:
              name: rpz.provider.example.
              primary: {Ours}
              allow-notify: {Ours}
            stub-zone:
              name: example
              stub-addr: {Authority}
            remote-control:
              control-enable: no
            """);
        unbound.Start("127.0.0.1", "true", "unbound -d -c /peer/unbound.conf &");
        return unbound;
    }
}
