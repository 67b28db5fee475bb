using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Network.Tests.Who;

public sealed class AccountingServerTests
{
    private const string SharedSecret = "a shared secret";
    private static readonly RadiusSecret Secret = new(Encoding.UTF8.GetBytes(SharedSecret));
    private static readonly Prefix Loopback = Prefix.Parse("127.0.0.0/8");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_record_is_answered_when_it_is_on_disk(Dialect dialect)
    {
        await using var host = await Host.StartAsync(dialect);
        var request = Start("s1").AddMessageAuthenticator().Add(RadiusType.ProxyState, "p1"u8).ToRequest(Secret);

        var answer = await host.AskAsync(request);

        // Before the answer nobody had looked; now another connection sees the row.
        var row = Assert.Single(await host.RowsAsync());
        Assert.Equal(("bras/nas1", "s1", "kim@dsl.provider.example", Some.Customer.Id, Some.Time), (row.Nas, row.Session, row.Login, row.Customer, row.StartedAt));
        Assert.Equal(RadiusCode.AccountingResponse, answer.Code);
        Assert.True(Secret.IsGenuineAnswer(answer, request.AsSpan(4, 16)));
        Assert.Equal("p1"u8, answer.Find(RadiusType.ProxyState)!.Value.Span);
    }

    [Fact]
    public async Task What_is_sent_again_is_answered_again_and_is_one_row()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);
        var request = Start("s1").ToRequest(Secret);

        await host.AskAsync(request);
        await host.AskAsync(request);
        // With another number and a delay, as most servers do it.
        host.Clock.Advance(Duration.FromSeconds(5));
        await host.AskAsync(Start("s1", identifier: 9).Add(RadiusType.AcctDelayTime, 5).ToRequest(Secret));

        Assert.Single(await host.RowsAsync());
        Assert.Equal(3, host.Server.Counts.Taken);
    }

    [Fact]
    public async Task What_does_not_come_from_a_client_with_its_secret_is_dropped_and_counted()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite, c => c with { RequiresMessageAuthenticator = true });
        var forged = Start("s1").AddMessageAuthenticator().ToRequest(new RadiusSecret("another secret"u8.ToArray()));

        await host.SendAsync(forged);
        await host.SendAsync(Start("s2").ToRequest(Secret));
        await host.SendAsync("no packet at all"u8.ToArray());
        await host.SendAsync(new RadiusWriter(RadiusCode.DisconnectRequest, 1).AddMessageAuthenticator().ToRequest(Secret));
        await host.SendAsync(new RadiusWriter(RadiusCode.AccountingRequest, 1).AddMessageAuthenticator().Add(RadiusType.AcctStatusType, 1).ToRequest(Secret));
        // They come in order, so when this one is answered, all were looked at.
        await host.AskAsync(Start("s3").AddMessageAuthenticator().ToRequest(Secret));

        Assert.Equal(["s3"], (await host.RowsAsync()).Select(r => r.Session));
        Assert.Equal((2L, 3L, 1L), (host.Server.Counts.Forged, host.Server.Counts.Malformed, host.Server.Counts.Taken));
    }

    [Fact]
    public async Task From_elsewhere_even_the_secret_is_of_no_use()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite, c => c with { From = [Prefix.Parse("192.0.2.10")] });

        await host.SendAsync(Start("s1").ToRequest(Secret));

        await Eventually.TrueAsync(() => host.Server.Counts.UnknownClient == 1);
        Assert.Empty(await host.RowsAsync());
    }

    [Fact]
    public async Task Many_at_once_are_all_answered_and_kept()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);
        const int sessions = 200;

        for (var i = 0; i < sessions; i++)
            await host.SendAsync(Start($"s{i}", identifier: (byte)i, address: new Address(Address.Parse("198.51.100.0").Bits + (UInt128)i)).ToRequest(Secret));
        var answered = new HashSet<byte>();
        while (answered.Count < sessions)
            answered.Add((await host.ReceiveAsync()).Identifier);

        Assert.Equal(sessions, (await host.RowsAsync()).Count);
    }

    [Fact]
    public async Task A_clock_that_is_years_off_is_not_believed()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);

        await host.AskAsync(Start("s1").Add(RadiusType.EventTimestamp, 86_400).Add(RadiusType.AcctDelayTime, 10).ToRequest(Secret));
        await host.AskAsync(Start("s2", address: Address.Parse("198.51.100.8")).Add(RadiusType.EventTimestamp, (uint)(Some.Time - Duration.FromHours(1)).ToUnixTimeSeconds()).ToRequest(Secret));

        Assert.Equal([Some.Time - Duration.FromSeconds(10), Some.Time - Duration.FromHours(1)], (await host.RowsAsync()).Select(r => r.StartedAt));
    }

    [Fact]
    public async Task Debians_radclient_is_understood()
    {
        var radclient = Required.Program("radclient", "freeradius-utils");
        await using var host = await Host.StartAsync(Dialect.Sqlite);

        var start = await RadclientAsync(radclient, host, """
            Acct-Status-Type = Start, Acct-Session-Id = "0000002A", User-Name = "Kim@DSL.provider.example", NAS-Identifier = "nas1", Framed-IP-Address = 198.51.100.7, Framed-IPv6-Prefix = 2001:db8:1:2::/64, Delegated-IPv6-Prefix = 2001:db8:7::/56, Framed-IPv6-Address = 2001:db8:9::1, Message-Authenticator = 0x00
            """);
        host.Clock.Advance(Duration.FromMinutes(30));
        var stop = await RadclientAsync(radclient, host, """
            Acct-Status-Type = Stop, Acct-Session-Id = "0000002A", User-Name = "Kim@DSL.provider.example", NAS-Identifier = "nas1", Framed-IP-Address = 198.51.100.7, Acct-Session-Time = 1800, Acct-Terminate-Cause = User-Request
            """);
        var wrong = await RadclientAsync(radclient, host, "Acct-Status-Type = Accounting-On, NAS-Identifier = \"nas1\"", "not the secret at all");

        Assert.Contains("Accounting-Response", start, StringComparison.Ordinal);
        Assert.Contains("Accounting-Response", stop, StringComparison.Ordinal);
        Assert.DoesNotContain("Received Accounting-Response", wrong, StringComparison.Ordinal);
        var rows = await host.RowsAsync();
        Assert.Equal(["198.51.100.7", "2001:db8:1:2::/64", "2001:db8:7::/56", "2001:db8:9::1"], rows.Select(r => $"{r.Prefix}").Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.Equal((Some.Customer.Id, SessionEnd.Stopped, Some.Time + Duration.FromMinutes(30)), (r.Customer!.Value, r.End!.Value, r.EndedAt!.Value)));
    }

    private static async Task<string> RadclientAsync(string radclient, Host host, string attributes, string secret = SharedSecret)
    {
        using var process = Process.Start(new ProcessStartInfo(radclient)
        {
            ArgumentList = { "-x", "-r", secret == SharedSecret ? "60" : "1", "-t", secret == SharedSecret ? "3" : "1", $"127.0.0.1:{host.Server.EndPoints[0].Port}", "acct", secret },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(attributes);
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEndAsync(Stop);
        var wrong = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return $"{await said}\n{await wrong}";
    }

    private static RadiusWriter Start(string session, byte identifier = 7, Address? address = null) => new RadiusWriter(RadiusCode.AccountingRequest, identifier)
        .Add(RadiusType.AcctStatusType, 1)
        .Add(RadiusType.AcctSessionId, session)
        .Add(RadiusType.NasIdentifier, "nas1")
        .Add(RadiusType.UserName, "kim@dsl.provider.example")
        .Add(RadiusType.FramedIpAddress, address ?? Address.Parse("198.51.100.7"));

    private sealed class Host : IAsyncDisposable
    {
        private readonly TestDatabase test;
        private readonly LiveViews views;
        private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));

        private Host(TestDatabase test, LiveViews views, AccountingServer server, NodaTime.Testing.FakeClock clock)
        {
            (this.test, this.views, Server, Clock) = (test, views, server, clock);
            socket.Connect(server.EndPoints[0]);
        }

        public AccountingServer Server { get; }

        public NodaTime.Testing.FakeClock Clock { get; }

        public static async Task<Host> StartAsync(Dialect dialect, Func<RadiusClient, RadiusClient>? change = null)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            var views = await LiveViews.LoadAsync(test.Database, Stop);
            await test.Database.WriteAsync(
                async db =>
                {
                    await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
                    await new CustomerStore(db).PutServicesAsync(
                        [new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.NetAccess, Name = "line", State = ServiceState.Active, Login = "kim@dsl.provider.example" }], Stop);
                }, Stop);
            var client = new RadiusClient { Name = "bras", From = [Loopback], Secret = Secret };
            var clock = Some.Clock();
            var server = new AccountingServer(
                test.Database, views, new AccountingOptions([new IPEndPoint(IPAddress.Loopback, 0)], [change?.Invoke(client) ?? client]), clock,
                NullLogger<AccountingServer>.Instance);
            await server.StartAsync(Stop);
            return new Host(test, views, server, clock);
        }

        public async Task SendAsync(byte[] packet) => await socket.SendAsync(packet, Stop);

        public async Task<RadiusPacket> ReceiveAsync()
        {
            Assert.True(RadiusPacket.TryRead((await socket.ReceiveAsync(Stop)).Buffer, out var packet));
            return packet;
        }

        public async Task<RadiusPacket> AskAsync(byte[] packet)
        {
            await SendAsync(packet);
            return await ReceiveAsync();
        }

        public Task<IReadOnlyList<AddressSession>> RowsAsync() => test.Database.ReadAsync(
            async db => await new SessionStore(db).FindAsync([.. await db.QueryAsync<long>("SELECT id FROM address_session ORDER BY id", null, Stop)], Stop), Stop);

        public async ValueTask DisposeAsync()
        {
            await Server.StopAsync(Stop);
            Server.Dispose();
            socket.Dispose();
            views.Dispose();
            await test.DisposeAsync();
        }
    }
}
