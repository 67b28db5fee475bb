using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class ServiceBlockStoreTests
{
    private static readonly Actor Olga = Actor.Operator("olga");

    private static readonly Instant End = Some.Time + Duration.FromHours(48);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_mailbox_is_blocked_from_the_commit_until_it_is_lifted_or_its_time_is_over(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var mailbox = await AddMailboxAsync(test.Database);

        await PlaceAsync(test.Database, 1, mailbox);
        await PlaceAsync(test.Database, 2, mailbox);

        var block = views.ServiceBlocks.Of(mailbox.Id, Some.Time);
        Assert.Equal(("mailbox info@shop.example", new ClauseId("C6"), Some.Customer.RegNumber), (block?.Target, block?.Clause, block?.RegNumber));
        Assert.Null(views.ServiceBlocks.Of(mailbox.Id, End));
        Assert.True(await LiftAsync(test.Database, 2));
        Assert.False(await LiftAsync(test.Database, 2));
        Assert.Equal(new BlockId(1), views.ServiceBlocks.Of(mailbox.Id, Some.Time)?.Id);

        Assert.False(await test.Database.ReadAsync(db => new ServiceBlockStore(db).AnyDueAsync(End - Duration.FromMilliseconds(1), Stop), Stop));
        Assert.True(await test.Database.ReadAsync(db => new ServiceBlockStore(db).AnyDueAsync(End, Stop), Stop));
        Assert.Equal(1, await test.Database.WriteAsync(db => new ServiceBlockStore(db).ExpireAsync(End, Stop), Stop));
        Assert.Empty(views.ServiceBlocks.All);
        var ended = await test.Database.ReadAsync(db => new ServiceBlockStore(db).FindAsync(new BlockId(2), Stop), Stop);
        Assert.Equal((BlockState.Lifted, Olga, "They stopped."), (ended!.State, ended.EndedBy, ended.EndReason));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C6_a_service_is_back_when_the_last_of_its_blocks_is_over_and_one_that_has_ended_stays_ended(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var service = await AddServiceAsync(test.Database);

        await PlaceAsync(test.Database, 1, new SuspensionTarget.OfService(service));
        await PlaceAsync(test.Database, 2, new SuspensionTarget.OfService(service));
        Assert.Equal(ServiceState.Suspended, await StateAsync(test.Database));
        Assert.NotNull(views.ServiceBlocks.OfAll([service.Id], Some.Time));
        Assert.Null(views.ServiceBlocks.OfAll([service.Id, service.Id + 1], Some.Time));
        Assert.Null(views.ServiceBlocks.OfAll([], Some.Time));

        await LiftAsync(test.Database, 1);
        Assert.Equal(ServiceState.Suspended, await StateAsync(test.Database));
        await test.Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service with { State = ServiceState.Ended }], Stop), Stop);
        Assert.Equal(ServiceState.Ended, await StateAsync(test.Database));
        await test.Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], Stop), Stop);
        await LiftAsync(test.Database, 2);

        Assert.Equal(ServiceState.Active, await StateAsync(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_became_of_it_stands_where_that_of_addresses_does(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await PlaceAsync(test.Database, 1, new SuspensionTarget.OfService(await AddServiceAsync(test.Database)));
        var row = new EnforcementRow { BlockId = new BlockId(1), Node = "desk", BackEnd = HandWork.BackEnd, State = EnforcementState.Pending, Since = Some.Time };
        await test.Database.WriteAsync(db => new EnforcementStore(db).RecordAsync([row], Stop), Stop);
        await test.Database.WriteAsync(
            db => new WebhookStore(db).AddAsync([new WebhookOrder { Webhook = "panel", BlockId = new BlockId(1), IsBlock = 1, Attempts = 0, NextAt = Some.Time }], Stop), Stop);

        var work = Assert.Single(await ByHandAsync());
        Assert.Equal((new BlockId(1), EnforcementState.Pending, "shop"), (work.BlockId, work.State, work.ServiceName));
        Assert.True(await DoneAsync());
        Assert.False(await DoneAsync());
        Assert.Empty(await ByHandAsync());
        var done = Assert.Single(await test.Database.ReadAsync(db => new EnforcementStore(db).OfAsync([new BlockId(1)], Stop), Stop));
        Assert.Equal((EnforcementState.Active, Some.Time, "operator olga"), (done.State, done.ProvenAt, done.Detail));
        await LiftAsync(test.Database, 1);
        Assert.Equal(EnforcementState.Active, Assert.Single(await test.Database.ReadAsync(db => new EnforcementStore(db).HandRowsAsync(Stop), Stop)).State);

        Task<IReadOnlyList<HandWork>> ByHandAsync() => test.Database.ReadAsync(db => new EnforcementStore(db).ByHandAsync(10, Stop), Stop);
        Task<bool> DoneAsync() => test.Database.WriteAsync(db => new EnforcementStore(db).DoneByHandAsync(new BlockId(1), Olga, Some.Time, Stop), Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Another_process_hears_of_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var mailbox = await AddMailboxAsync(test.Database);

        await PlaceAsync(test.OpenAnother(), 1, mailbox);
        await views.CatchUpAsync(Stop);

        Assert.NotNull(views.ServiceBlocks.Of(mailbox.Id, Some.Time));
    }

    private static Task PlaceAsync(Database database, long id, SuspensionTarget target)
    {
        var block = new NewServiceBlock
        {
            Id = new BlockId(id),
            Target = target,
            Clause = new ClauseId("C6"),
            PolicyRevision = Some.Revision,
            Reason = "Serves spam.",
            PlacedBy = Olga,
            StartsAt = Some.Time,
            ExpiresAt = End,
        };
        return database.WriteAsync(db => new ServiceBlockStore(db).PlaceAsync([block], Stop), Stop);
    }

    private static Task<bool> LiftAsync(Database database, long id) =>
        database.WriteAsync(db => new ServiceBlockStore(db).LiftAsync(new BlockId(id), Olga, "They stopped.", Some.Time, Stop), Stop);

    private static async Task<SuspensionTarget.OfMailbox> AddMailboxAsync(Database database)
    {
        await database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        var id = await database.WriteAsync(db => new MailboxStore(db).AddAsync(new NewMailbox(Some.Customer.Id, "info@shop.example", null, Some.Time), Stop), Stop);
        return new SuspensionTarget.OfMailbox(id!.Value, Some.Customer.Id, "info@shop.example");
    }

    private static async Task<Service> AddServiceAsync(Database database)
    {
        await database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        var service = new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.WebHosting, Name = "shop", State = ServiceState.Active };
        await database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], Stop), Stop);
        return Assert.Single(await database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(Some.Customer.Id, Stop), Stop));
    }

    private static async Task<ServiceState> StateAsync(Database database) =>
        Assert.Single(await database.ReadAsync(db => new CustomerStore(db).ServicesNowAsync([Some.Customer.Id], Stop), Stop)).State;
}
