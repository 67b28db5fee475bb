using System.Text.RegularExpressions;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>C7 against servers that others wrote: each that relays is found by its message in our collector, and no other is.</summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class RelayTests(NetworkOfPeers network)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Setups => [.. RelayPeerSetups.All.Keys];

    [Theory]
    [MemberData(nameof(Setups))]
    public async Task Each_server_gets_the_verdict_that_it_deserves(string name)
    {
        var net = await network.UpAsync();
        var (setup, foundBy) = RelayPeerSetups.All[name];
        var number = RelayPeerSetups.All.Keys.Order(StringComparer.Ordinal).ToList().IndexOf(name);
        var machine = net.Connect($"203.0.113.{130 + number}");
        await using var server = new MailPeer(machine, setup, net.Authority.Issue("mx.birch.example"));
        await server.StartAsync(net.Names, Stop);
        var customer = await AddCustomerAsync(net.Provider.Database.Database, machine);
        using var tests = await Tests.MakeAsync(net);

        var isBouncing = name.EndsWith("-bounces", StringComparison.Ordinal);
        // What was taken lies in a mailbox there, has bounced, or is on its way to us.
        var run = await tests.RunAsync(customer, Address.From(machine.Address), attempts => isBouncing
            ? attempts.Any(a => a.BouncedAt is not null)
            : server.Delivered().Count >= attempts.Count(a => a.Verdict == RelayVerdict.TookMessage));

        var attempts = await tests.AttemptsAsync(run.Id);
        var story = $"{name}: {string.Join(", ", attempts.Select(a => $"{a.Test} {RelayWords.Of(a.Verdict)}"))}\n{server.Said}";
        if (foundBy is not null)
        {
            Assert.True(run.Verdict == RelayRunVerdict.Open, $"{run.Verdict} {story}");
            var proof = attempts.Single(a => a.Test == foundBy);
            await Eventually.TrueAsync(
                async () => (proof = (await tests.AttemptsAsync(run.Id)).Single(a => a.Test == foundBy)).Verdict == RelayVerdict.Proven, $"{foundBy} proves it; {story}");
            Assert.Equal((Address?)Address.From(machine.Address), proof.ExitAddress);
            Assert.True(attempts.Where(a => a.Number < proof.Number).All(a => a.Verdict <= RelayVerdict.TookRecipient), story);
            return;
        }

        Assert.True(run.Verdict == RelayRunVerdict.Closed, $"{run.Verdict} {story}");
        Assert.DoesNotContain(attempts, a => a.Verdict is RelayVerdict.Proven or RelayVerdict.CameElsewhere or RelayVerdict.Waiting);
        if (isBouncing)
            Assert.True(attempts.Any(a => a is { Verdict: RelayVerdict.NotRelayed, BouncedAt: not null }), story);
    }

    [Fact]
    public async Task The_whole_program_finds_an_open_relay_by_command_and_opens_a_case()
    {
        var net = await network.UpAsync();
        var machine = net.Connect("203.0.113.129");
        await using var server = new MailPeer(machine, RelayPeerSetups.All["postfix-everybody"].Setup, net.Authority.Issue("mx.birch.example"));
        await server.StartAsync(net.Names, Stop);
        await AddCustomerAsync(net.Provider.Database.Database, machine);

        var stranger = await RunAsync("test", "203.0.113.200");
        Assert.Equal((1, true), (stranger.ExitCode, stranger.Output.Contains("No active customer has 203.0.113.200", StringComparison.Ordinal)));
        var dry = await RunAsync("test", "203.0.113.129", "--dry-run");
        Assert.True(dry.ExitCode == 0 && dry.Output.Contains("RCPT TO:<@[203.0.113.129]:TOKEN@collector.provider.example>", StringComparison.Ordinal), dry.Output + dry.Errors);
        Assert.Equal(0, (await RunAsync("test", "203.0.113.129")).ExitCode);

        await Eventually.TrueAsync(async () => Regex.IsMatch((await RunAsync("list")).Output, @"(?m)^ *\d+ +203\.0\.113\.129 .*open: it relays"));
        var id = Regex.Match((await RunAsync("list")).Output, @"(?m)^ *(\d+) +203\.0\.113\.129 ").Groups[1].Value;
        var shown = (await RunAsync("show", id)).Output;
        Assert.Contains("relayed, came out at 203.0.113.129", shown, StringComparison.Ordinal);
        Assert.Contains("> MAIL FROM:<", shown, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await net.Provider.Database.Database.ReadAsync(
            db => db.SingleAsync<long>("SELECT COUNT(*) FROM abuse_case WHERE kind = 'open-relay' AND resource = '203.0.113.129'", null, Stop), Stop) == 1);

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["relay", .. arguments, "-c", net.Provider.Process.ConfigPath]);
    }

    private static async Task<CustomerId> AddCustomerAsync(Database database, Machine machine) => await database.WriteAsync(async db =>
    {
        var store = new CustomerStore(db);
        var now = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(1);
        var id = new CustomerId(await db.NextIdsAsync("customer", 1, Stop));
        await store.AddAsync([Some.Customer with { Id = id, RegNumber = (await store.NextRegNumberAsync(Stop)).ToString(), Name = "Birch Shop" }], now, Stop);
        await store.PutServicesAsync([new Service { Id = 0, Customer = id, Kind = ServiceKind.MailServer, Name = "mx", State = ServiceState.Active }], Stop);
        await store.AssignAsync(
        [
            Some.Assignment with { Customer = id, Prefix = Prefix.Single(Address.From(machine.Address)), ValidFrom = now },
            Some.Assignment with { Customer = id, Prefix = null, Domain = RelayPeerSetups.Domain, ValidFrom = now },
        ], now, Stop);
        return id;
    }, Stop);

    // What makes the tests, on a clock that the test moves and without the pauses that it makes for others; what is relayed comes to the whole
    // program, which looks at it.
    private sealed class Tests(Database database, LiveViews views, RelayTestClerk clerk, FakeClock clock) : IDisposable
    {
        private static readonly Duration Lease = Duration.FromDays(10);

        private Database Database => database;

        public static async Task<Tests> MakeAsync(NetworkOfPeers net)
        {
            // Another one than the network's: that has no views, and keeps none of ours.
            var database = net.Provider.Database.OpenAnother();
            var views = await LiveViews.LoadAsync(database, Stop);
            var key = await database.WriteAsync(db => new SecretStore(db).GetOrCreateAsync("relay", 32, Stop), Stop);
            var clock = new FakeClock(SystemClock.Instance.GetCurrentInstant());
            var options = new RelayTestOptions
            {
                Collector = "collector.provider.example",
                Third = "third.provider.example",
                CollectorAddress = Address.From(net.Provider.Address),
                HeloName = "mail.provider.example",
                Pause = TimeSpan.Zero,
            };
            var provider = new Policy.Provider
            {
                Name = "Example Internet",
                Domains = ["provider.example"],
                HostName = "mail.provider.example",
                BaseUrl = "https://mail.provider.example",
                SupportTelephone = "+1 555 0100",
                Networks = [Prefix.Parse("203.0.113.0/24")],
                NeverBlock = [],
            };
            var desk = new RelayDesk(database, views, provider, options, clock);
            var tester = new RelayTester(options, provider, key, clock, (to, stop) => net.Elsewhere.ConnectAsync(to.Address, to.Port, stop));
            return new Tests(database, views, new RelayTestClerk(database, desk, tester, options, new RelayFigures(), clock, NullLogger<RelayTestClerk>.Instance), clock);
        }

        /// <summary>A run until its result; what was put off or may arrive later has its time.</summary>
        public async Task<RelayRunRow> RunAsync(CustomerId customer, Address address, Func<IReadOnlyList<RelayAttemptRow>, bool> isSettled)
        {
            // Ours from the start: the program's own clerk must not make it as well.
            var run = await Database.WriteAsync(async db =>
            {
                var runs = new RelayRunStore(db);
                await runs.AskAsync(new NewRelayRun(customer, address, RelayOccasion.Case, Actor.Policy, clock.GetCurrentInstant()), Stop);
                return (await runs.TakeAsync(clock.GetCurrentInstant(), clock.GetCurrentInstant() + Lease, Stop))!;
            }, Stop);
            Assert.Equal(address, run.Address);
            for (var round = 1; round <= RelayRules.RoundsMax && run.State == RelayRunState.Running; round++)
            {
                await clerk.RunAsync(run, Stop);
                run = await FindAsync(run.Id);
                if (run.State == RelayRunState.Waiting)
                    run = run with { State = RelayRunState.Running };
            }

            if (run.Verdict == RelayRunVerdict.Pending)
            {
                await Eventually.TrueAsync(async () => (await FindAsync(run.Id)).Verdict == RelayRunVerdict.Open || isSettled(await AttemptsAsync(run.Id)));
                clock.AdvanceHours(25);
                await clerk.WorkAsync(Stop);
            }

            return await FindAsync(run.Id);
        }

        public async Task<RelayRunRow> FindAsync(long id) => (await Database.ReadAsync(db => new RelayRunStore(db).FindAsync(id, Stop), Stop))!;

        public Task<IReadOnlyList<RelayAttemptRow>> AttemptsAsync(long id) => Database.ReadAsync(db => new RelayRunStore(db).AttemptsAsync(id, Stop), Stop);

        public void Dispose() => views.Dispose();
    }
}
