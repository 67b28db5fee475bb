using Mailreeve.Network.Commands;
using Mailreeve.Network.Webhooks;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests;

/// <summary>C6: mailboxes and services that a person blocks, and what a person does by hand then.</summary>
public sealed class SuspensionDeskTests
{
    private static readonly Actor Olga = Actor.Operator("olga");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C6_a_mailbox_is_blocked_once_and_listed_until_its_time_is_over(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        using var said = new StringWriter();

        Assert.Equal(0, await AddAsync(dryRun: true));
        Assert.Empty(desk.Views.ServiceBlocks.All);
        Assert.Equal(0, await AddAsync());
        Assert.Equal(1, await AddAsync());

        Assert.Contains("Placed as block 1.", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("is blocked already: it is block 1", said.ToString(), StringComparison.Ordinal);
        var listed = await desk.ListAsync();
        Assert.Contains($"mailbox info@shop.example of {Some.Customer.RegNumber} Alder Hosting  until 2026-03-09 10:15  C6  by operator olga: Serves spam.", listed, StringComparison.Ordinal);
        Assert.Contains("our mail servers: active", listed, StringComparison.Ordinal);
        desk.Clock.Advance(BlockDesk.ExpiryDefault);
        Assert.Equal(1, await new BlockExpiryClerk(desk.Database, desk.Clock).WorkAsync(Stop));
        Assert.Contains("Nothing is blocked.", await desk.ListAsync(), StringComparison.Ordinal);

        Task<int> AddAsync(bool dryRun = false) => BlockSuspendCommand.RunAsync(
            desk.Suspensions, desk.Suspensions.FindMailbox(" Info@Shop.example ", OperatorRole.AbuseDesk), OrderOf, OperatorRole.AbuseDesk, Olga, dryRun, said, Stop);
    }

    [Fact]
    public async Task What_may_not_be_blocked_is_not_and_says_why()
    {
        await using var desk = await Desk.OpenAsync();

        Assert.Contains("never blocked", desk.Suspensions.FindMailbox("abuse@provider.example", OperatorRole.Admin).Problem, StringComparison.Ordinal);
        Assert.Equal("nobody@shop.example is no mailbox of ours.", desk.Suspensions.FindMailbox("nobody@shop.example", OperatorRole.Admin).Problem);
        Assert.Equal("'info@' is no mail address.", desk.Suspensions.FindMailbox("info@", OperatorRole.Admin).Problem);
        var (target, _) = await desk.Suspensions.FindServiceAsync(Some.Customer.Id, "telephony", OperatorRole.Admin, Stop);
        foreach (var order in new[]
        {
            OrderOf(target!) with { Reason = " " }, OrderOf(target!) with { Clause = new ClauseId("C99") }, OrderOf(target!) with { For = Duration.FromDays(1000) },
        })
            Assert.IsType<BlockOutcome.Refused>(await desk.Suspensions.PlaceAsync(order, OperatorRole.Admin, Olga, Stop));
        Assert.Equal(
            new BlockOutcome.Refused("Your role does not place blocks."), await desk.Suspensions.PlaceAsync(OrderOf(target!), OperatorRole.Billing, Olga, Stop));
        Assert.Empty(desk.Views.ServiceBlocks.All);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C6_what_nothing_of_ours_runs_stays_pending_until_a_person_says_that_it_is_done_and_so_does_its_end(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var (target, _) = await desk.Suspensions.FindServiceAsync(Some.Customer.Id, "telephony/pbx", OperatorRole.Admin, Stop);
        Assert.Contains("until a person has suspended it by hand", desk.Suspensions.EffectOf(target!), StringComparison.Ordinal);
        await desk.Suspensions.PlaceAsync(OrderOf(target!), OperatorRole.Admin, Olga, Stop);
        // The panel is told of this one, so nobody need.
        var (site, _) = await desk.Suspensions.FindServiceAsync(Some.Customer.Id, "web-hosting", OperatorRole.Admin, Stop);
        await desk.Suspensions.PlaceAsync(OrderOf(site!), OperatorRole.Admin, Olga, Stop);

        Assert.Equal(1, await desk.HandWork.WorkAsync(Stop));
        Assert.Equal(0, await desk.HandWork.WorkAsync(Stop));

        Assert.Equal((new BlockId(1), EnforcementState.Pending), await desk.WaitingAsync());
        Assert.Contains("by hand: pending since", await desk.ListAsync(), StringComparison.Ordinal);
        await desk.DoneAsync();
        Assert.Contains("by hand: active, operator olga said so", await desk.ListAsync(), StringComparison.Ordinal);
        await desk.LiftAsync();
        await desk.HandWork.WorkAsync(Stop);
        Assert.Equal((new BlockId(1), EnforcementState.Removing), await desk.WaitingAsync());
        await desk.DoneAsync();

        Assert.Null(await desk.WaitingAsync());
    }

    [Fact]
    public async Task What_nobody_has_suspended_by_hand_nobody_need_bring_back()
    {
        await using var desk = await Desk.OpenAsync();
        var (target, _) = await desk.Suspensions.FindServiceAsync(Some.Customer.Id, "telephony", OperatorRole.Admin, Stop);
        await desk.Suspensions.PlaceAsync(OrderOf(target!), OperatorRole.Admin, Olga, Stop);
        await desk.HandWork.WorkAsync(Stop);

        await desk.LiftAsync();
        await desk.HandWork.WorkAsync(Stop);

        Assert.Null(await desk.WaitingAsync());
    }

    [Fact]
    public async Task C6_whatever_the_number_of_blocks_a_service_is_suspended_by_hand_once_and_brought_back_once()
    {
        await using var desk = await Desk.OpenAsync();
        var (target, _) = await desk.Suspensions.FindServiceAsync(Some.Customer.Id, "telephony", OperatorRole.Admin, Stop);
        await desk.Suspensions.PlaceAsync(OrderOf(target!), OperatorRole.Admin, Olga, Stop);
        await desk.HandWork.WorkAsync(Stop);
        await desk.DoneAsync();
        await desk.PlaceForCaseAsync(target!);
        await desk.HandWork.WorkAsync(Stop);
        Assert.Null(await desk.WaitingAsync());

        await desk.LiftAsync();
        await desk.HandWork.WorkAsync(Stop);
        Assert.Null(await desk.WaitingAsync());
        await desk.LiftAsync(2);
        await desk.HandWork.WorkAsync(Stop);

        Assert.Equal((new BlockId(2), EnforcementState.Removing), await desk.WaitingAsync());
    }

    private static SuspensionOrder OrderOf(SuspensionTarget target) => new(target, new ClauseId("C6"), "Serves spam.", BlockDesk.ExpiryDefault);

    private sealed class Desk : IAsyncDisposable
    {
        private static readonly SuspensionBackEnds BackEnds = new(
            [new Webhook { Name = "panel", Url = new Uri("http://127.0.0.1:1/"), Secret = "secret"u8.ToArray(), Services = [ServiceKind.WebHosting] }], EndsSessions: false);

        private readonly TestDatabase test;

        private Desk(TestDatabase test, LiveViews views)
        {
            (this.test, Views) = (test, views);
            Suspensions = new SuspensionDesk(test.Database, views, ShippedPolicy.Policy, Some.Provider, BackEnds, Clock);
            HandWork = new HandWorkClerk(test.Database, views, BackEnds, Clock);
        }

        public Database Database => test.Database;

        public LiveViews Views { get; }

        public FakeClock Clock { get; } = Some.Clock();

        public SuspensionDesk Suspensions { get; }

        public HandWorkClerk HandWork { get; }

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            await test.Database.WriteAsync(async db =>
            {
                await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
                await new MailboxStore(db).AddAsync(new NewMailbox(Some.Customer.Id, "info@shop.example", null, Some.Time), Stop);
                await new CustomerStore(db).PutServicesAsync(
                    [
                        new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.Telephony, Name = "pbx", State = ServiceState.Active },
                        new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.WebHosting, Name = "shop.example", State = ServiceState.Active },
                    ], Stop);
            }, Stop);
            return new Desk(test, await LiveViews.LoadAsync(test.Database, Stop));
        }

        public async Task<string> ListAsync()
        {
            using var said = new StringWriter();
            await BlockListCommand.RunAsync(Database, Clock.GetCurrentInstant(), said, Stop);
            return said.ToString();
        }

        public async Task<(BlockId Block, EnforcementState State)?> WaitingAsync() =>
            (await Database.ReadAsync(db => new EnforcementStore(db).ByHandAsync(10, Stop), Stop)).Select(w => ((BlockId, EnforcementState)?)(w.BlockId, w.State)).SingleOrDefault();

        public Task<bool> DoneAsync() =>
            Database.WriteAsync(db => new EnforcementStore(db).DoneByHandAsync(new BlockId(1), Olga, Clock.GetCurrentInstant(), Stop), Stop);

        public Task PlaceForCaseAsync(SuspensionTarget target) => Database.WriteAsync(
            async db =>
            {
                var block = new NewServiceBlock
                {
                    Id = new BlockId(await db.NextIdsAsync("block", 1, Stop)),
                    Case = new CaseId(1),
                    Target = target,
                    Clause = new ClauseId("C6"),
                    PolicyRevision = Some.Revision,
                    Reason = "Serves spam.",
                    PlacedBy = Olga,
                    StartsAt = Clock.GetCurrentInstant(),
                    ExpiresAt = Clock.GetCurrentInstant() + Duration.FromDays(7),
                };
                await new ServiceBlockStore(db).PlaceAsync([block], Stop);
            }, Stop);

        public Task<bool> LiftAsync(long block = 1) =>
            Database.WriteAsync(db => new ServiceBlockStore(db).LiftAsync(new BlockId(block), Olga, "They stopped.", Clock.GetCurrentInstant(), Stop), Stop);

        public async ValueTask DisposeAsync()
        {
            Views.Dispose();
            await test.DisposeAsync();
        }
    }
}
