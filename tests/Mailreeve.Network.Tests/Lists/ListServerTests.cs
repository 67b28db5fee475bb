using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Lists;

public sealed class ListServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_is_listed_with_its_commit_and_until_it_is_lifted(Dialect dialect)
    {
        await using var host = await Host.StartAsync(dialect);
        Assert.Equal(3, await CodeAsync(host, "7.100.51.198.bl.example", DnsRecordType.A));

        var relay = await host.PlaceAsync("198.51.100.7", "C7");
        Assert.Equal([127, 0, 0, 3], (await host.AskAsync("7.100.51.198.bl.example", DnsRecordType.A))[^4..]);
        await host.PlaceAsync("198.51.100.0/24", "C5");
        var both = await host.AskAsync("7.100.51.198.bl.example", DnsRecordType.A);
        Assert.Equal((2, 0x85), (both[7], both[2]));
        Assert.Equal([127, 0, 0, 4], both[^4..]);
        await host.LiftAsync(relay);

        Assert.Equal([127, 0, 0, 4], (await host.AskAsync("7.100.51.198.BL.example", DnsRecordType.A))[^4..]);
        Assert.Equal((4L, 3L, 1L), (host.Server.Counts.Listed + host.Server.Counts.NotListed, host.Server.Counts.Listed, host.Server.Counts.NotListed));
    }

    [Fact]
    public async Task A_block_of_another_process_is_listed_when_it_is_heard_of_and_ends_by_the_clock()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);
        await host.PlaceAsync("2001:db8:66::/64", "C8", host.Test.OpenAnother());
        const string name = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.6.0.0.8.b.d.0.1.0.0.2.bl.example";
        Assert.Equal(3, await CodeAsync(host, name, DnsRecordType.A));

        await host.Views.CatchUpAsync(Stop);
        Assert.Equal([127, 0, 0, 5], (await host.AskAsync(name, DnsRecordType.A))[^4..]);
        host.Clock.Advance(Duration.FromHours(1));

        Assert.Equal(3, await CodeAsync(host, name, DnsRecordType.A));
    }

    [Fact]
    public async Task The_list_says_of_itself_what_a_list_has_to()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite, never: [new NeverBlockEntry(Prefix.Parse("192.0.2.1"), "our router")]);
        await host.PlaceAsync("192.0.2.0/24", "C5");
        await host.PlaceAsync("127.0.0.0/8", "C5");

        // RFC 5782 §5: one is always there, and one never; so is what is never blocked.
        Assert.Equal([127, 0, 0, 2], (await host.AskAsync("2.0.0.127.bl.example", DnsRecordType.A))[^4..]);
        Assert.Equal(3, await CodeAsync(host, "1.0.0.127.bl.example", DnsRecordType.A));
        Assert.Equal(3, await CodeAsync(host, "1.2.0.192.bl.example", DnsRecordType.A));
        // Names exist whose addresses may; and a listed one has nothing of another kind.
        Assert.Equal(0, await CodeAsync(host, "127.bl.example", DnsRecordType.A));
        Assert.Equal(0, await CodeAsync(host, "4.3.2.1.bl.example", DnsRecordType.A));
        Assert.Equal(0, await CodeAsync(host, "9.2.0.192.bl.example", 28));
        Assert.Equal(3, await CodeAsync(host, "nothing.bl.example", DnsRecordType.A));
        Assert.Equal(0, await CodeAsync(host, "bl.example", DnsRecordType.A));
        Assert.Equal(5, await CodeAsync(host, "bl.example", DnsRecordType.Axfr));
        Assert.Equal(5, await CodeAsync(host, "other.example", DnsRecordType.A));
    }

    [Fact]
    public async Task Who_may_not_ask_is_refused_over_UDP_and_not_heard_over_TCP()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite, askedBy: "192.0.2.0/24");

        Assert.Equal(5, await CodeAsync(host, "2.0.0.127.bl.example", DnsRecordType.A));
        using var client = new TcpClient();
        await client.ConnectAsync(host.Server.EndPoints[0], Stop);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Stop));
        Assert.Equal(1, host.Server.Counts.Refused);
    }

    [Fact]
    public async Task What_is_no_question_is_answered_shortly_or_not_at_all()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);

        await host.SendAsync("not a question"u8[..11].ToArray());
        await host.SendAsync(new byte[4000]);
        // A notice (RFC 1996) is not taken here.
        await host.SendAsync([0, 7, 0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1]);

        Assert.Equal([0, 7, 0xA0, 4], (await host.ReceiveAsync())[..4]);
        Assert.Equal(3, host.Server.Counts.Malformed);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public async Task Debians_dig_gets_an_answer_from_the_address_it_asked(string listen)
    {
        var dig = Required.Program("dig", "bind9-dnsutils");
        await using var host = await Host.StartAsync(Dialect.Sqlite, listen: listen);
        await host.PlaceAsync("198.51.100.7", "C5");
        // Another address of this machine than the one that it would choose by itself.
        var at = listen switch { "0.0.0.0" or "::" => "127.9.8.7", _ => listen };

        Assert.Equal("127.0.0.4", await DigAsync("7.100.51.198.bl.example", "A"));
        Assert.Equal("\"Blocked under clause C5, case 42; see https://mail.provider.example/policy#c5\"", await DigAsync("7.100.51.198.bl.example", "TXT", "+tcp"));
        Assert.StartsWith("ns.provider.example. hostmaster.provider.example. ", await DigAsync("bl.example", "SOA"), StringComparison.Ordinal);
        Assert.Equal("ns.provider.example.", await DigAsync("bl.example", "NS", "+noedns"));

        async Task<string> DigAsync(params string[] question)
        {
            using var process = Process.Start(new ProcessStartInfo(dig, [$"@{at}", "-p", $"{host.Server.EndPoints[0].Port}", "+short", "+norecurse", "+time=60", "+tries=1", .. question]) { RedirectStandardOutput = true })!;
            var said = await process.StandardOutput.ReadToEndAsync(Stop);
            await process.WaitForExitAsync(Stop);
            return said.TrimEnd();
        }
    }

    [Fact]
    public async Task Many_questions_at_once_are_all_answered()
    {
        await using var host = await Host.StartAsync(Dialect.Sqlite);
        await host.PlaceAsync("198.51.100.0/24", "C5");

        for (var i = 0; i < 200; i++)
            await host.SendAsync(Question($"{i}.{(i % 2 == 0 ? 100 : 99)}.51.198.bl.example", DnsRecordType.A, (ushort)i));
        var answered = new Dictionary<int, int>();
        while (answered.Count < 200)
        {
            var answer = await host.ReceiveAsync();
            answered[(answer[0] << 8) | answer[1]] = answer[3] & 15;
        }

        Assert.All(answered, a => Assert.Equal(a.Key % 2 == 0 ? 0 : 3, a.Value));
    }

    [Fact]
    public async Task What_goes_wrong_with_some_questions_ends_neither_the_server_nor_the_program()
    {
        var clock = new StumblingClock();
        await using var host = await Host.StartAsync(Dialect.Sqlite, serverClock: clock);

        await host.SendAsync(Question("2.0.0.127.bl.example", DnsRecordType.A, 6));
        await clock.Stumbled.Task.WaitAsync(Stop);

        Assert.Equal([0, 7], (await host.AskAsync("2.0.0.127.bl.example", DnsRecordType.A))[..2]);
    }

    private static async Task<int> CodeAsync(Host host, string name, ushort type) => (await host.AskAsync(name, type))[3] & 15;

    internal static byte[] Question(string name, ushort type, ushort number = 7) =>
        [(byte)(number >> 8), (byte)number, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Of(name), (byte)(type >> 8), (byte)type, 0, 1];

    private sealed class StumblingClock : IClock
    {
        public TaskCompletionSource Stumbled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Instant GetCurrentInstant() => Stumbled.TrySetResult() ? throw new InvalidOperationException("There is no time.") : Some.Time;
    }

    private sealed class Host : IAsyncDisposable
    {
        private readonly UdpClient socket;
        private readonly BlockListings listings;

        private Host(TestDatabase test, LiveViews views, BlockListings listings, ListServer server, FakeClock clock)
        {
            (Test, Views, this.listings, Server, Clock) = (test, views, listings, server, clock);
            var at = server.EndPoints[0];
            var isIPv6 = at.AddressFamily == AddressFamily.InterNetworkV6;
            socket = new UdpClient(at.AddressFamily);
            socket.Connect(isIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, at.Port);
        }

        public TestDatabase Test { get; }

        public LiveViews Views { get; }

        public ListServer Server { get; }

        public FakeClock Clock { get; }

        public static async Task<Host> StartAsync(Dialect dialect, string askedBy = "::/0", string listen = "127.0.0.1", IReadOnlyList<NeverBlockEntry>? never = null, IClock? serverClock = null)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            var views = await LiveViews.LoadAsync(test.Database, Stop);
            var clock = Some.Clock();
            var options = new ListServerOptions
            {
                Listen = [new IPEndPoint(IPAddress.Parse(listen), 0)],
                Zone = new DnsZoneHead("bl.example", ["ns.provider.example"], "hostmaster@provider.example", new DnsZoneTimes(60, 60, 300, 60, 1_209_600)),
                AskedBy = [Prefix.Parse(askedBy)],
            };
            var listings = new BlockListings(views, never ?? [], options, "https://mail.provider.example/policy", clock);
            var server = new ListServer(options, new ListAnswers(options, listings), serverClock ?? clock, NullLogger<ListServer>.Instance);
            await server.StartAsync(Stop);
            return new Host(test, views, listings, server, clock);
        }

        public async Task<BlockId> PlaceAsync(string prefix, string clause, Database? through = null)
        {
            var now = Clock.GetCurrentInstant();
            return await (through ?? Test.Database).WriteAsync(async db =>
            {
                var id = new BlockId(await db.NextIdsAsync("block", 1, Stop));
                await new BlockStore(db).PlaceAsync(
                    [
                        new NewBlock
                        {
                            Id = id, Prefix = Prefix.Parse(prefix), Scope = BlockScope.All, Clause = new ClauseId(clause), PolicyRevision = "1", Reason = "It attacks.",
                            Case = new CaseId(42),
                            PlacedBy = Actor.Operator("olga"), StartsAt = now, ExpiresAt = now + Duration.FromHours(1),
                        },
                    ], Stop);
                return id;
            }, Stop);
        }

        public Task<bool> LiftAsync(BlockId id) =>
            Test.Database.WriteAsync(db => new BlockStore(db).LiftAsync(id, Actor.Operator("olga"), "They called.", Clock.GetCurrentInstant(), Stop), Stop);

        public async Task SendAsync(byte[] datagram) => await socket.SendAsync(datagram, Stop);

        public async Task<byte[]> ReceiveAsync() => (await socket.ReceiveAsync(Stop)).Buffer;

        public async Task<byte[]> AskAsync(string name, ushort type)
        {
            await SendAsync(Question(name, type));
            return await ReceiveAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Server.StopAsync(Stop);
            Server.Dispose();
            listings.Dispose();
            socket.Dispose();
            Views.Dispose();
            await Test.DisposeAsync();
        }
    }
}
