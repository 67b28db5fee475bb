using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.EndToEnd.Peers;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>The whole program with a list of others: mail from what is in it is refused, and it is in our own list too.</summary>
public sealed class ThirdPartyTests
{
    private const string Listed = "192.0.2.66";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_others_list_sends_us_no_mail_until_the_list_says_otherwise()
    {
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        // An address of this machine is never blocked; this one is routed here, and so can be called from, but is none of an interface.
        network.Ip($"route add local {Listed}/32 dev lo");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        var list = Path.Combine(RunFolder.NewFolder("list"), "list.txt");
        await File.WriteAllTextAsync(list, $"192.0.2.64/29 ; sends spam\n10.0.0.0/8\n", Stop);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [[third-party]]
            name = "spammers"
            from = "{list}"
            """)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);

        await Eventually.TrueAsync(async () => (await RunAsync("list")).Output.Contains("spammers  1 entries, 1 left out", StringComparison.Ordinal));
        Assert.StartsWith("550 5.7.1", await MailFromAsync(IPAddress.Parse(Listed)), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await MailFromAsync(IPAddress.Loopback), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^mailreeve_third_party_entries\{list=""spammers""\} 1", await server.Http.GetStringAsync(new Uri($"http://{server.Pages}/metrics"), Stop));

        // An empty file is no reason to open the door; another one is.
        await File.WriteAllTextAsync(list, "", Stop);
        Assert.Equal(1, (await RunAsync("fetch", "spammers")).ExitCode);
        Assert.Contains("It is empty.", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.StartsWith("550 5.7.1", await MailFromAsync(IPAddress.Parse(Listed)), StringComparison.Ordinal);
        await File.WriteAllTextAsync(list, "2001:db8:66::/48\n", Stop);
        var fetched = await RunAsync("fetch", "spammers");
        Assert.True(fetched.ExitCode == 0, fetched.Output + fetched.Errors);
        await Eventually.TrueAsync(async () => (await MailFromAsync(IPAddress.Parse(Listed))).StartsWith("250 ", StringComparison.Ordinal));

        // An entry of our own does the same, and none of ours can be one.
        Assert.Equal(1, (await RunAsync("add", "203.0.113.0/24", "--reason", "It is ours.")).ExitCode);
        var added = await RunAsync("add", Listed, "--reason", "It sends spam.");
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        await Eventually.TrueAsync(async () => (await MailFromAsync(IPAddress.Parse(Listed))).StartsWith("550 5.7.1", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync("lift", Listed, "--reason", "They stopped.")).ExitCode);

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["thirdparty", .. arguments, "-c", server.ConfigPath]);

        async Task<string> MailFromAsync(IPAddress from)
        {
            using var socket = await machine.ConnectAsync(IPAddress.Loopback, server.SmtpPort, Stop, from);
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            await reader.ReadLineAsync(Stop);
            await stream.WriteAsync("EHLO host.example\r\n"u8.ToArray(), Stop);
            while ((await reader.ReadLineAsync(Stop))![3] == '-')
            {
            }

            await stream.WriteAsync("MAIL FROM:<kim@host.example>\r\n"u8.ToArray(), Stop);
            return (await reader.ReadLineAsync(Stop))!;
        }
    }
}
