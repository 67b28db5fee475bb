using Mailreeve.Network.Commands;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests;

/// <summary>All that a customer has is blocked, while that changes.</summary>
public sealed class CustomerBlockTests
{
    private static readonly CustomerFact Customer = Some.Customer;
    private static readonly CustomerFact Below = Some.Customer with { Id = new CustomerId(2), RegNumber = RegNumber.From(2).ToString(), Name = "Birch Shop", Upstream = Some.Customer.Id };
    private static readonly CustomerFact Other = Some.Customer with { Id = new CustomerId(3), RegNumber = RegNumber.From(3).ToString(), Name = "Cedar Cafe" };

    private static readonly CustomerBlockOrder Order = new(Customer.Id, BlockScope.All, new ClauseId("C6"), "It was not answered.", Duration.FromDays(1));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task It_follows_what_is_assigned_and_leaves_alone_what_others_have_inside(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.AssignAsync(Customer, "192.0.2.0/28");
        await desk.AssignAsync(Below, "198.51.100.8/29");
        await desk.AssignAsync(Other, "192.0.2.4/30");

        await desk.PlaceAsync();
        Assert.Equal(["192.0.2.0/30", "192.0.2.8/29", "198.51.100.8/29"], desk.Blocked());

        await desk.AssignAsync(Customer, "2001:db8:7::/48");
        await desk.AssignAsync(Below, "203.0.113.5", until: desk.Clock.GetCurrentInstant() + Duration.FromHours(1));
        await desk.WorkAsync();
        Assert.Equal(["192.0.2.0/30", "192.0.2.8/29", "198.51.100.8/29", "203.0.113.5", "2001:db8:7::/48"], desk.Blocked());

        desk.Clock.AdvanceHours(1);
        await desk.WorkAsync();
        Assert.Equal(["192.0.2.0/30", "192.0.2.8/29", "198.51.100.8/29", "2001:db8:7::/48"], desk.Blocked());

        desk.Clock.AdvanceHours(23);
        await desk.WorkAsync();
        Assert.Empty(desk.Blocked());
        Assert.Empty(await desk.StandingAsync());
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task It_follows_sessions_and_may_begin_with_no_address(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.PlaceAsync();
        Assert.Empty(desk.Blocked());
        Assert.Equal(0, await desk.WorkAsync());

        await desk.SessionAsync(SightingKind.Start, "192.0.2.77");
        await desk.WorkAsync();
        Assert.Equal(["192.0.2.77"], desk.Blocked());

        await desk.SessionAsync(SightingKind.Stop, "192.0.2.77");
        await desk.WorkAsync();
        Assert.Empty(desk.Blocked());
        Assert.Single(await desk.StandingAsync());
    }

    [Fact]
    public async Task What_is_never_blocked_stands_in_its_way_and_is_left_alone_when_it_comes_later()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.AssignAsync(Customer, "192.0.2.0/28");
        await desk.PlaceAsync();
        await desk.AssignAsync(Customer, "198.51.100.0/24");
        await desk.WorkAsync();

        Assert.Equal(["192.0.2.0/28"], desk.Blocked());
        var (_, outcome) = await desk.Blocks.PlaceAsync(Order, OperatorRole.Admin, Actor.Operator("olga"), Stop);
        Assert.Contains("never-block", Assert.IsType<BlockOutcome.Refused>(outcome).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifted_it_is_lifted_as_a_whole_and_stays_so()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.AssignAsync(Customer, "192.0.2.0/28");
        await desk.AssignAsync(Below, "203.0.113.5");
        await desk.PlaceAsync();
        using var said = new StringWriter();
        await BlockListCommand.RunAsync(desk.Database, desk.Clock.GetCurrentInstant(), said, Stop);
        Assert.Contains("Alder Hosting: all that is theirs  all  until", said.ToString(), StringComparison.Ordinal);

        var standing = Assert.Single(await desk.StandingAsync());
        Assert.True(await desk.Database.WriteAsync(db => new CustomerBlockStore(db).LiftAsync(standing.Id, Actor.Operator("olga"), "They called.", desk.Clock.GetCurrentInstant(), Stop), Stop));
        Assert.False(await desk.Database.WriteAsync(db => new CustomerBlockStore(db).LiftAsync(standing.Id, Actor.Operator("olga"), "They called.", desk.Clock.GetCurrentInstant(), Stop), Stop));

        Assert.Empty(desk.Blocked());
        Assert.Equal(0, await desk.WorkAsync());
    }

    [Fact]
    public async Task A_dry_run_says_whom_it_hits_and_places_nothing()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.AssignAsync(Customer, "192.0.2.0/28");
        using var said = new StringWriter();

        Assert.Equal(0, await BlockCustomerCommand.RunAsync(desk.Blocks, Order, OperatorRole.Admin, Actor.Operator("olga"), dryRun: true, said, Stop));
        Assert.Equal(1, await BlockCustomerCommand.RunAsync(desk.Blocks, Order with { Reason = "" }, OperatorRole.Admin, Actor.Operator("olga"), dryRun: false, said, Stop));

        Assert.Contains("hits " + Below.RegNumber, said.ToString(), StringComparison.Ordinal);
        Assert.Empty(desk.Blocked());
    }

    private sealed class Desk : IAsyncDisposable
    {
        private static readonly NeverBlockEntry[] Never = [new(Prefix.Parse("198.51.100.1"), "our router")];

        private readonly TestDatabase test;
        private readonly LiveViews views;
        private long next;

        private Desk(TestDatabase test, LiveViews views)
        {
            (this.test, this.views) = (test, views);
            Blocks = new BlockDesk(test.Database, views, ShippedPolicy.Policy, Some.Provider with { NeverBlock = Never }, Clock);
        }

        public FakeClock Clock { get; } = Some.Clock();

        public BlockDesk Blocks { get; }

        public Database Database => test.Database;

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Customer, Below, Other], Some.Time, Stop), Stop);
            return new Desk(test, await LiveViews.LoadAsync(test.Database, Stop));
        }

        public Task AssignAsync(CustomerFact customer, string prefix, Instant? until = null) =>
            test.Database.WriteAsync(db => new CustomerStore(db).AssignAsync(
                [Some.Assignment with { Id = ++next, Customer = customer.Id, Prefix = Prefix.Parse(prefix), ValidTo = until }], Clock.GetCurrentInstant(), Stop), Stop);

        public async Task PlaceAsync()
        {
            var (plan, outcome) = await Blocks.PlaceAsync(Order, OperatorRole.Admin, Actor.Operator("olga"), Stop);
            Assert.True(outcome is BlockOutcome.Placed, plan.Problem);
        }

        public Task<int> SessionAsync(SightingKind kind, string address)
        {
            var now = Clock.GetCurrentInstant();
            return test.Database.WriteAsync(
                db => SessionIntake.TakeAsync(
                    db,
                    [new SessionNews.Sighting { Source = SessionSource.Dhcp, Nas = "dhcp1", Session = "lease-7", Kind = kind, At = now, Customer = Below.Id, Prefixes = [Prefix.Parse(address)] }],
                    now, Stop), Stop);
        }

        public Task<int> WorkAsync() => new CustomerBlockClerk(test.Database, views, Never, Clock).WorkAsync(Stop);

        public IEnumerable<string> Blocked() => views.Blocks.All.Where(b => b.IsInForce(Clock.GetCurrentInstant())).Select(b => b.Prefix).OrderBy(p => p.First).Select(p => p.ToString());

        public Task<IReadOnlyList<CustomerBlockRow>> StandingAsync() => test.Database.ReadAsync(db => new CustomerBlockStore(db).InForceAsync(Stop), Stop);

        public async ValueTask DisposeAsync()
        {
            views.Dispose();
            await test.DisposeAsync();
        }
    }
}
