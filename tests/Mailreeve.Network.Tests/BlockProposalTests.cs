using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
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

/// <summary>Blocks that take two people.</summary>
public sealed class BlockProposalTests
{
    private static readonly Actor Olga = Actor.Operator("olga");
    private static readonly Actor Otto = Actor.Operator("otto");

    private static readonly BlockOrder Wide = new(
        Prefix.Parse("198.18.112.0/21"), BlockScope.Port25, new ClauseId("C8"), "Attacks our customers.", Duration.FromDays(2));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_wide_block_waits_and_is_in_force_once_another_operator_says_yes(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        using var said = new StringWriter();

        Assert.Equal(1, await BlockAddCommand.RunAsync(desk.Blocks, Wide, OperatorRole.Admin, Olga, dryRun: false, said, Stop));
        Assert.Contains("Another operator must say yes until 2026-03-03 10:15 UTC", said.ToString(), StringComparison.Ordinal);
        Assert.Empty(desk.Blocked());
        await BlockListCommand.RunAsync(desk.Database, desk.Clock.GetCurrentInstant(), said, Stop);
        Assert.Contains("proposal 1: 198.18.112.0/21  port 25  waits for a second person", said.ToString(), StringComparison.Ordinal);

        desk.Clock.AdvanceHours(23);
        var again = await desk.Blocks.PlaceAsync(Wide, OperatorRole.Admin, Otto, Stop);
        Assert.Contains("proposal 1", Assert.IsType<BlockOutcome.Refused>(again.Outcome).Why, StringComparison.Ordinal);
        var same = Assert.IsType<BlockOutcome.Refused>(await desk.Proposals.ConfirmAsync(1, OperatorRole.Admin, Olga, Stop));
        Assert.Contains("another operator", same.Why, StringComparison.Ordinal);
        // It needs a person who could have placed it.
        Assert.IsType<BlockOutcome.Refused>(await desk.Proposals.ConfirmAsync(1, OperatorRole.AbuseDesk, Otto, Stop));
        Assert.Equal(0, await BlockConfirmCommand.RunAsync(desk.Proposals, 1, OperatorRole.Admin, Otto, said, Stop));
        Assert.IsType<BlockOutcome.Refused>(await desk.Proposals.ConfirmAsync(1, OperatorRole.Admin, Otto, Stop));

        var block = Assert.Single(await desk.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop));
        Assert.Equal((Wide.Prefix, BlockScope.Port25, Olga, desk.Clock.GetCurrentInstant() + Wide.For), (block.Prefix, block.Scope, block.PlacedBy, block.ExpiresAt));
        var proposal = await desk.FindAsync(1);
        Assert.Equal((ProposalState.Confirmed, Otto, block.Id.Value), (proposal.State, proposal.DecidedBy, proposal.Placed));
    }

    [Fact]
    public async Task What_it_hits_is_found_out_anew_before_it_is_placed()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Blocks.PlaceAsync(Wide, OperatorRole.Admin, Olga, Stop);

        var later = new BlockProposals(
            desk.Database, desk.BlocksOf(Some.Provider with { NeverBlock = [new(Prefix.Parse("198.18.113.5"), "our new name server")] }), desk.Clock);
        var refused = Assert.IsType<BlockOutcome.Refused>(await later.ConfirmAsync(1, OperatorRole.Admin, Otto, Stop));

        Assert.Contains("our new name server", refused.Why, StringComparison.Ordinal);
        Assert.Empty(desk.Blocked());
        Assert.Equal(ProposalState.Waiting, (await desk.FindAsync(1)).State);
    }

    [Fact]
    public async Task After_24_hours_nobody_says_yes_any_more()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Blocks.PlaceAsync(Wide, OperatorRole.Admin, Olga, Stop);

        desk.Clock.AdvanceHours(24);
        Assert.IsType<BlockOutcome.Refused>(await desk.Proposals.ConfirmAsync(1, OperatorRole.Admin, Otto, Stop));
        Assert.Equal(1, await new BlockExpiryClerk(desk.Database, desk.Clock).WorkAsync(Stop));
        Assert.Equal(0, await new BlockExpiryClerk(desk.Database, desk.Clock).WorkAsync(Stop));

        Assert.Equal(ProposalState.Expired, (await desk.FindAsync(1)).State);
        Assert.Empty(await desk.Database.ReadAsync(db => new BlockProposalStore(db).WaitingAsync(10, Stop), Stop));
        // Whoever still wants it asks anew.
        Assert.IsType<BlockOutcome.Waits>((await desk.Blocks.PlaceAsync(Wide, OperatorRole.Admin, Olga, Stop)).Outcome);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Another_operator_says_no_with_a_reason(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.Blocks.PlaceAsync(Wide, OperatorRole.Admin, Olga, Stop);
        using var said = new StringWriter();

        Assert.NotNull(await desk.Proposals.DeclineAsync(1, OperatorRole.Admin, Otto, " ", Stop));
        Assert.NotNull(await desk.Proposals.DeclineAsync(1, OperatorRole.Admin, Olga, "Never mind.", Stop));
        Assert.Equal(0, await BlockDeclineCommand.RunAsync(desk.Proposals, 1, OperatorRole.AbuseDesk, Otto, "Half of it is a university.", said, Stop));

        Assert.IsType<BlockOutcome.Refused>(await desk.Proposals.ConfirmAsync(1, OperatorRole.Admin, Otto, Stop));
        Assert.Empty(desk.Blocked());
        Assert.Equal((ProposalState.Declined, "Half of it is a university."), ((await desk.FindAsync(1)).State, (await desk.FindAsync(1)).DecisionReason));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_of_all_that_a_large_customer_has_waits_too(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            await new CustomerStore(db).AssignAsync([Some.Assignment with { Prefix = Prefix.Parse("2001:db8:7::/48") }], Some.Time, Stop);
        }, Stop);
        var order = new CustomerBlockOrder(Some.Customer.Id, BlockScope.All, new ClauseId("C6"), "It was not answered.", Duration.FromDays(1));

        Assert.IsType<BlockOutcome.Waits>((await desk.Blocks.PlaceAsync(order, OperatorRole.Admin, Olga, Stop)).Outcome);
        Assert.Equal($"all of Alder Hosting ({Some.Customer.RegNumber})", (await desk.FindAsync(1)).Target);
        Assert.Empty(desk.Blocked());

        Assert.IsType<BlockOutcome.Placed>(await desk.Proposals.ConfirmAsync(1, OperatorRole.Admin, Otto, Stop));
        Assert.Equal(["2001:db8:7::/48"], desk.Blocked());
    }

    private sealed class Desk : IAsyncDisposable
    {
        private readonly TestDatabase test;
        private readonly LiveViews views;

        private Desk(TestDatabase test, LiveViews views)
        {
            (this.test, this.views) = (test, views);
            Blocks = BlocksOf(Some.Provider);
            Proposals = new BlockProposals(test.Database, Blocks, Clock);
        }

        public FakeClock Clock { get; } = Some.Clock();

        public BlockDesk Blocks { get; }

        public BlockProposals Proposals { get; }

        public Database Database => test.Database;

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            return new Desk(test, await LiveViews.LoadAsync(test.Database, Stop));
        }

        public BlockDesk BlocksOf(Provider provider) => new(test.Database, views, ShippedPolicy.Policy, provider, Clock);

        public IEnumerable<string> Blocked() => views.Blocks.All.Select(b => b.Prefix.ToString());

        public async Task<BlockProposalRow> FindAsync(long id) => (await Database.ReadAsync(db => new BlockProposalStore(db).FindAsync(id, Stop), Stop))!;

        public async ValueTask DisposeAsync()
        {
            views.Dispose();
            await test.DisposeAsync();
        }
    }
}
