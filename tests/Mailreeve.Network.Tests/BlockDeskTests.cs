using Mailreeve.Network.Commands;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests;

public sealed class BlockDeskTests
{
    private static readonly BlockOrder Order = new(
        Prefix.Parse("203.0.113.66"), BlockScope.All, new ClauseId("C8"), "Attacks our customers.", BlockDesk.ExpiryDefault);

    private static readonly Provider Provider = Some.Provider with { NeverBlock = [new(Prefix.Parse("192.0.2.1"), "our router")] };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_that_a_person_places_is_in_force_until_its_time_is_over(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var clock = Some.Clock();
        var desk = new BlockDesk(test.Database, views, ShippedPolicy.Policy, Provider, clock);
        using var said = new StringWriter();

        Assert.Equal(0, await BlockAddCommand.RunAsync(desk, Order, OperatorRole.Admin, Actor.Operator("olga"), dryRun: true, said, Stop));
        Assert.Equal(0, views.Blocks.Count);
        Assert.Equal(0, await BlockAddCommand.RunAsync(desk, Order, OperatorRole.Admin, Actor.Operator("olga"), dryRun: false, said, Stop));

        Assert.True(views.Blocks.TryFind(Order.Prefix.First, clock.GetCurrentInstant(), out var placed));
        Assert.Equal(clock.GetCurrentInstant() + BlockDesk.ExpiryDefault, placed.ExpiresAt);
        Assert.Contains("all traffic to and from 203.0.113.66", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_not_be_placed_is_not_and_says_why()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var desk = new BlockDesk(test.Database, views, ShippedPolicy.Policy, Provider, Some.Clock());

        foreach (var order in new[]
        {
            Order with { Prefix = Prefix.Parse("192.0.2.0/24") }, Order with { Prefix = Prefix.Parse("0.0.0.0/0") }, Order with { Clause = new ClauseId("C99") },
            Order with { Reason = " " }, Order with { Prefix = Prefix.Parse("192.0.2.64"), List = ThirdPartyList.Own }, Order with { For = Duration.FromDays(1000) }, Order with { For = Duration.Zero },
        })
        {
            var (plan, outcome) = await desk.PlaceAsync(order, OperatorRole.Admin, Actor.Operator("olga"), Stop);
            Assert.NotNull(plan.Problem);
            Assert.Equal(new BlockOutcome.Refused(plan.Problem), outcome);
        }

        Assert.Equal(0, views.Blocks.Count);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task D5_The_plan_names_the_sites_of_others_and_what_hits_more_than_a_few_is_an_administrators(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = Some.Customer with { Id = new CustomerId(2), RegNumber = RegNumber.From(2).ToString(), Name = "Birch Shop" };
        await test.Database.WriteAsync(async db =>
        {
            var customers = new CustomerStore(db);
            await customers.AddAsync([Some.Customer, other], Some.Time, Stop);
            await customers.AssignAsync(
                [Some.Assignment, Some.Assignment with { Id = 2, Customer = other.Id, Prefix = null, Domain = "birch.example" }], Some.Time, Stop);
            foreach (var host in (string[])["a.birch.example", "b.birch.example", "c.birch.example", "birch.example", "pills.example", "moved.birch.example"])
                await LookedUpAsync(db, host, Some.Address, Some.Time);
            await LookedUpAsync(db, "moved.birch.example", Some.OtherAddress, Some.Time + Duration.FromHours(1));
        }, Stop);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var desk = new BlockDesk(test.Database, views, ShippedPolicy.Policy, Provider, Some.Clock());
        var order = Order with { Prefix = Prefix.Single(Some.Address) };
        using var said = new StringWriter();

        Assert.Equal(1, await BlockAddCommand.RunAsync(desk, order, OperatorRole.AbuseDesk, Actor.Operator("otto"), dryRun: false, said, Stop));
        Assert.Equal(0, await BlockAddCommand.RunAsync(desk, order, OperatorRole.Admin, Actor.Operator("olga"), dryRun: true, said, Stop));

        Assert.Contains("hits sites of others: a.birch.example, b.birch.example, birch.example, c.birch.example\n", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("An administrator may place it.", said.ToString(), StringComparison.Ordinal);
    }

    private static async Task LookedUpAsync(DbSession db, string host, Address address, Instant at)
    {
        var hosts = new HostStore(db);
        await hosts.WantAsync([host], [], at, at, Stop);
        await hosts.AnsweredAsync(Assert.Single(await hosts.FindAsync([host], Stop)), [address], at, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_list_says_where_a_block_is_proven_to_be(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var said = new StringWriter();
        await test.Database.WriteAsync(async db =>
        {
            await new BlockStore(db).PlaceAsync([Some.Block, Some.Block with { Id = new BlockId(2) }], Stop);
            var store = new EnforcementStore(db);
            await store.RecordAsync([new EnforcementRow
            {
                BlockId = Some.Block.Id, Node = "edge", BackEnd = "nftables", State = EnforcementState.Active, Since = Some.Time, ProvenAt = Some.Time,
            }], Stop);
            await store.RecordAsync(Edge, Stop);
            await store.RecordAsync(Edge with { ComparedAt = null, Problem = "It needs CAP_NET_ADMIN." }, Stop);
        }, Stop);

        await BlockListCommand.RunAsync(test.Database, Edge.ComparedAt!.Value, said, Stop);

        // What was proven before holds what was compared last.
        Assert.Contains("nftables at edge: active, read back 2026-03-02 10:16:30", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("nftables at edge: pending", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("does not enforce: It needs CAP_NET_ADMIN.", said.ToString(), StringComparison.Ordinal);
        // Of a machine that is silent nobody knows: its lease may be over.
        await BlockListCommand.RunAsync(test.Database, Edge.ComparedAt!.Value + Duration.FromHours(1), said, Stop);
        Assert.Contains("nftables at edge: not known, it has proven nothing since 2026-03-02 10:16", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_announced_is_not_called_proven()
    {
        var now = Edge.ComparedAt!.Value;
        var row = new EnforcementRow
        {
            BlockId = Some.Block.Id, Node = "edge", BackEnd = "bgp 192.0.2.1", State = EnforcementState.Announced, Since = Some.Time, ProvenAt = Some.Time,
            Detail = "only what is sent to it",
        };
        var router = Edge with { BackEnd = "bgp 192.0.2.1" };

        Assert.Equal(["bgp 192.0.2.1 at edge: announced, last known 2026-03-02 10:16:30 (only what is sent to it)"], EnforcementText.Of([row], [router], now));
        Assert.Equal(
            ["bgp 192.0.2.1 at edge: was announced, but is not for certain now, last known 2026-03-02 10:16:30 (only what is sent to it)"],
            EnforcementText.Of([row], [router with { Problem = "The session has ended." }], now));
    }

    private static EnforcementNode Edge => new() { Node = "edge", BackEnd = "nftables", ComparedAt = Some.Time + Duration.FromMinutes(1), Elements = 1, Drift = 0 };
}
