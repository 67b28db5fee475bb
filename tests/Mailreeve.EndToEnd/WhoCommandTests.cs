using System.Net.Sockets;
using System.Text.Json;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.EndToEnd;

/// <summary>The commands <c>who</c> and <c>sessions import</c>, as an operator gives them.</summary>
public sealed class WhoCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Who_had_an_address_is_told_with_what_says_so(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        await database.Database.WriteAsync(
            async db =>
            {
                await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
                await new SessionStore(db).SaveAsync(
                    [
                        new AddressSession
                        {
                            Source = SessionSource.Radius, Nas = "bras1", Session = "0000002A", Login = "kim", Customer = Some.Customer.Id,
                            Prefix = Prefix.Parse("198.51.100.7"), StartedAt = Some.Time - Duration.FromHours(1), SeenAt = Some.Time, RecordedAt = Some.Time,
                        },
                    ], Stop);
            }, Stop);

        var named = await RunAsync(server, "who", "198.51.100.7", "--at", "2026-03-02T11:15:30+01:00");
        var json = await RunAsync(server, "who", "198.51.100.7", "--at", "2026-03-02T10:15:30Z", "--json");
        var before = await RunAsync(server, "who", "198.51.100.7", "--at", "2026-03-02T10:15:30Z", "--known-at", "2026-03-02T10:00:00Z");
        var nonsense = await RunAsync(server, "who", "198.51.100.x", "--port", "70000", "--at", "yesterday");

        Assert.True(named.ExitCode == 0, named.Output + named.Errors);
        Assert.Contains("verdict   certain", named.Output, StringComparison.Ordinal);
        Assert.Contains($"customer  {Some.Customer.Name}, {Some.Customer.RegNumber}", named.Output, StringComparison.Ordinal);
        Assert.Contains("(0000002A of bras1): 198.51.100.7 to 'kim' from 2026-03-02T09:15:30Z until now", named.Output, StringComparison.Ordinal);
        Assert.Equal("certain", JsonDocument.Parse(json.Output).RootElement.GetProperty("verdict").GetString());
        Assert.Equal(1, before.ExitCode);
        Assert.Contains("verdict   none", before.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, nonsense.ExitCode);
        Assert.Contains("'198.51.100.x' is no address.", nonsense.Errors, StringComparison.Ordinal);
        Assert.Contains("A port is 1 to 65535.", nonsense.Errors, StringComparison.Ordinal);
        Assert.Contains("This is not a time.", nonsense.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_are_imported()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        var file = Path.Combine(RunFolder.NewFolder("leases"), "kea.csv");
        await File.WriteAllTextAsync(file, "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n192.0.2.10,02:00:5e:10:00:07,,3600,1772449200,1,0,0,,0\n", Stop);

        var import = await RunAsync(server, "sessions", "import", file, "--kind", "kea", "--server", "dhcp1");
        var missing = await RunAsync(server, "sessions", "import", $"{file}.gone", "--kind", "kea", "--server", "dhcp1");

        Assert.True(import.ExitCode == 0, import.Output + import.Errors);
        Assert.Contains("1 entries read, 1 rows made or changed.", import.Output, StringComparison.Ordinal);
        Assert.Equal(1, missing.ExitCode);
    }

    [Fact]
    public async Task What_was_answered_over_RADIUS_is_there_after_a_kill()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var port = Mailreeve.Serving.LocalPorts.Free();
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [radius]
            listen = ["127.0.0.1:{port}"]

            [[radius.client]]
            name = "bras1"
            addresses = ["127.0.0.1"]
            secret = "a shared secret"
            interim-minutes = 15
            """);
        await server.StartAsync(Stop);
        using var socket = new UdpClient("127.0.0.1", port);
        var secret = new RadiusSecret("a shared secret"u8.ToArray());
        for (byte i = 0; i < 20; i++)
        {
            await socket.SendAsync(
                new RadiusWriter(RadiusCode.AccountingRequest, i).Add(RadiusType.AcctStatusType, 1).Add(RadiusType.AcctSessionId, $"s{i}")
                    .Add(RadiusType.FramedIpAddress, new Address(Address.Parse("198.51.100.0").Bits + i)).ToRequest(secret), Stop);
            await socket.ReceiveAsync(Stop);
        }

        await server.KillAsync(Stop);

        Assert.Equal(20, await database.Database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM address_session WHERE expected_by IS NOT NULL", null, Stop), Stop));
    }

    private static Task<CommandRun> RunAsync(ServerProcess server, params string[] arguments) => Program.RunAsync(Stop, [.. arguments, "-c", server.ConfigPath]);
}
