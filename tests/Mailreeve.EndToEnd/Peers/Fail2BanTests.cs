using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>C5: Debian's fail2ban, unmodified, with the action that the documents show, tells over the API what it read in a log.</summary>
public sealed class Fail2BanTests
{
    private const string Attacker = "203.0.113.77";
    private const string Later = "203.0.113.78";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fail2ban_finds_in_a_log_makes_a_case_and_a_second_sensor_lets_a_block_follow()
    {
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var box = new Box(machine, "fail2ban");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await AddCustomerAsync(database.Database);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);

        box.Write("header.key", $"Authorization: Bearer {await KeyAsync(server, "mx1")}");
        box.Write("mailreeve.conf", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fail2ban", "mailreeve.conf"), Stop));
        box.Write("jail.local", $"""
            [sshd]
            enabled = true
            backend = polling
            logpath = /peer/auth.log
            maxretry = 5
            action = mailreeve[name=%(__name__)s, url="http://{server.Pages}", header=/peer/header.key]
            """);
        box.Write("auth.log", "");
        box.Start(
            "127.0.0.1",
            "mkdir -p /run/fail2ban /var/lib/fail2ban; cp /peer/mailreeve.conf etc/fail2ban/action.d/; cp /peer/jail.local etc/fail2ban/",
            "fail2ban-server -x -f --logtarget STDOUT start &");
        await Eventually.TrueAsync(() => Task.FromResult(box.Said.Contains("Jail 'sshd' started", StringComparison.Ordinal)), "fail2ban has begun.");

        await FailAsync(box, Attacker);
        await Eventually.TrueAsync(async () => (await RowsAsync(database)).Any(r => r.CaseId is not null), box.Said);
        var told = Assert.Single(await RowsAsync(database));
        Assert.Equal(
            ("mx1", Address.Parse(Attacker), "connection/login_attack", 5L, 1L, "jail sshd"), (told.Sensor, told.Address, told.Type, told.Targets, told.TwoWay, told.Detail));
        Assert.Equal(TrustLevel.Notice, await TrustAsync(database, told.CaseId!.Value));

        using var second = await PostAsync(server, await KeyAsync(server, "honeypot"), $$"""
            {"address": "{{Attacker}}", "type": "port-scan", "targets": 40, "connected": true, "at": {{SystemClock.Instance.GetCurrentInstant().ToUnixTimeSeconds()}}}
            """);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        await Eventually.TrueAsync(async () => await TrustAsync(database, told.CaseId!.Value) == TrustLevel.Block, server.Said);

        // It starts again, knows the ban, and tells only what is new.
        box.KillAndStart();
        await Eventually.TrueAsync(() => Task.FromResult(box.Said.Split("Jail 'sshd' started").Length == 3), box.Said);
        await FailAsync(box, Later);
        await Eventually.TrueAsync(async () => (await RowsAsync(database)).Any(r => r.Address == Address.Parse(Later)), box.Said);
        Assert.Single(await RowsAsync(database), r => r.Sensor == "mx1" && r.Address == Address.Parse(Attacker));
    }

    // As OpenSSH says it.
    private static Task FailAsync(Box box, string from)
    {
        var at = SystemClock.Instance.GetCurrentInstant().ToString("uuuu-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
        var lines = Enumerable.Range(1, 5).Select(i => $"{at} mx1 sshd[4711]: Failed password for invalid user admin from {from} port {50_000 + i} ssh2\n");
        return File.AppendAllTextAsync(Path.Combine(box.Folder, "auth.log"), string.Concat(lines), Stop);
    }

    private static async Task<string> KeyAsync(ServerProcess server, string name)
    {
        var added = await Program.RunAsync(Stop, "api-key", "add", name, "--for", "detections", "-c", server.ConfigPath);
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        return added.Output.Trim().Split('\n')[^1];
    }

    private static async Task<HttpResponseMessage> PostAsync(ServerProcess server, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server.Pages}/api/detections")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        return await server.Http.SendAsync(request, Stop);
    }

    private static Task<IReadOnlyList<DetectionRow>> RowsAsync(TestDatabase database) => database.Database.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);

    private static async Task<TrustLevel> TrustAsync(TestDatabase database, CaseId id) =>
        (await database.Database.ReadAsync(db => new CaseStore(db).FindAsync(id, Stop), Stop))!.Trust;

    private static Task AddCustomerAsync(Database database) => database.WriteAsync(async db =>
    {
        var since = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(100);
        var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, Stop)) };
        var store = new CustomerStore(db);
        await store.AddAsync([customer], since, Stop);
        await store.AssignAsync([Some.Assignment with { Customer = customer.Id, Prefix = Prefix.Parse(Attacker), ValidFrom = since }], since, Stop);
    }, Stop);
}
