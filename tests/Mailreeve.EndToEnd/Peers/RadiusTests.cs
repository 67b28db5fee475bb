using System.Net;
using System.Net.Sockets;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>FreeRADIUS as an access server that is asked to end sessions, and radclient as its accounting.</summary>
public sealed class RadiusTests
{
    private const string Secret = "a-shared-secret";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_of_blocked_addresses_are_ended_by_FreeRADIUS_and_what_it_says_is_told()
    {
        var radclient = Required.Program("radclient", "freeradius-utils");
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up", "addr add 127.0.0.2/8 dev lo");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var (accounting, coa) = (LocalPorts.Free(), LocalPorts.Free());
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [radius]
            listen = ["127.0.0.1:{accounting}"]

            [[radius.client]]
            name = "bras1"
            addresses = ["127.0.0.1"]
            secret = "{Secret}"
            coa = "127.0.0.1:{coa}"

            [[radius.client]]
            name = "bras2"
            addresses = ["127.0.0.2"]
            secret = "not-the-{Secret}"
            coa = "127.0.0.1:{coa}"
            """)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);
        await using var nas = new Box(machine, "freeradius");
        nas.Write("radiusd.conf", Configuration(coa));
        nas.Start("127.0.0.1", "true", "freeradius -f -l stdout -d /peer -n radiusd &");
        await Eventually.TrueAsync(() => nas.Said.Contains("Ready to process requests", StringComparison.Ordinal), nas.Said);
        Account("Start", "s-known", "203.0.113.7");
        Account("Start", "s-unknown", "203.0.113.8");
        Account("Start", "s-other", "203.0.113.9", Secret.Insert(0, "not-the-"), "127.0.0.2");

        foreach (var address in new[] { "203.0.113.7", "203.0.113.8", "203.0.113.9" })
            Assert.Equal(0, (await RunAsync("add", address, "--clause", "C6", "--reason", "It was not answered.")).ExitCode);

        await ListsAsync("radius bras1/nas1: session s-known of 203.0.113.7 to be ended: acknowledged ");
        await ListsAsync("radius bras1/nas1: session s-unknown of 203.0.113.8 to be ended: refused ");
        Assert.Contains("it does not know the session (503)", await ListAsync(), StringComparison.Ordinal);
        // FreeRADIUS drops what was not made with its secret.
        await ListsAsync("radius bras2/nas1: session s-other of 203.0.113.9 to be ended: no answer, ");
        Assert.DoesNotContain(": over ", await ListAsync(), StringComparison.Ordinal);

        Account("Stop", "s-known", "203.0.113.7");
        await ListsAsync("session s-known of 203.0.113.7 to be ended: over ");
        Assert.Contains(": Accounting-Stop", await ListAsync(), StringComparison.Ordinal);

        void Account(string status, string session, string address, string secret = Secret, string from = "127.0.0.1")
        {
            var file = Path.Combine(nas.Folder, $"{status}-{session}");
            File.WriteAllText(file, $"""
                Packet-Src-IP-Address = {from}, Acct-Status-Type = {status}, Acct-Session-Id = "{session}", NAS-Identifier = "nas1", User-Name = "{session}@dsl.provider.example", Framed-IP-Address = {address}, Message-Authenticator = 0x00

                """);
            Assert.Contains("Received Accounting-Response", network.Run(radclient, "-x", "-f", file, $"127.0.0.1:{accounting}", "acct", secret), StringComparison.Ordinal);
        }

        async Task<string> ListAsync() => (await RunAsync("list")).Output;

        Task ListsAsync(string text) => Eventually.TrueAsync(async () => (await ListAsync()).Contains(text, StringComparison.Ordinal), text);

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["block", .. arguments, "-c", server.ConfigPath]);
    }

    private static string Configuration(int port) => $$"""
        prefix = /usr
        exec_prefix = /usr
        sysconfdir = /etc
        localstatedir = /var
        sbindir = /usr/sbin
        logdir = /tmp
        raddbdir = /peer
        radacctdir = /tmp
        name = radiusd
        confdir = /peer
        modconfdir = /peer
        certdir = /peer
        cadir = /peer
        run_dir = /tmp
        db_dir = /tmp
        libdir = /usr/lib/freeradius
        pidfile = /tmp/radiusd.pid
        max_request_time = 30
        log {
            destination = stdout
        }
        security {
            allow_core_dumps = no
            max_attributes = 200
            reject_delay = 0
            status_server = no
        }
        client mailreeve {
            ipaddr = 127.0.0.1
            secret = {{Secret}}
            require_message_authenticator = yes
        }
        modules {
            always ok {
                rcode = ok
            }
            always reject {
                rcode = reject
            }
        }
        server coa {
            listen {
                type = coa
                ipaddr = 127.0.0.1
                port = {{port}}
            }
            recv-coa {
                if (&Acct-Session-Id == "s-unknown") {
                    update reply {
                        Error-Cause := Session-Context-Not-Found
                    }
                    reject
                }
                else {
                    ok
                }
            }
            send-coa {
                ok
            }
        }
        """;
}
