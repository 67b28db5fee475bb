using Mailreeve.Policy;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class NameBlockStoreTests
{
    private static readonly NewNameBlock Block = new()
    {
        Name = "bad.example",
        Clause = new ClauseId("C6"),
        PolicyRevision = "1",
        Reason = "It sells lists of addresses.",
        PlacedBy = Actor.Operator("olga"),
        StartsAt = Some.Time,
        ExpiresAt = Some.Time + Duration.FromHours(48),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_name_is_blocked_once_until_it_is_lifted_or_its_time_is_over(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var told = 0;
        views.FollowNames(() => told++);

        Assert.True(await PlaceAsync("bad.example"));
        Assert.False(await PlaceAsync("bad.example"));
        Assert.True(await PlaceAsync("worse.example"));
        Assert.Equal(["bad.example", "worse.example"], views.Names.Select(n => n.Name));
        Assert.True(await test.Database.WriteAsync(db => new NameBlockStore(db).LiftAsync("bad.example", Actor.Operator("olga"), "They stopped.", Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new NameBlockStore(db).LiftAsync("bad.example", Actor.Operator("olga"), "They stopped.", Some.Time, Stop), Stop));
        Assert.True(await PlaceAsync("bad.example"));

        Assert.False(await test.Database.ReadAsync(db => new NameBlockStore(db).AnyDueAsync(Block.ExpiresAt - Duration.Epsilon, Stop), Stop));
        Assert.True(await test.Database.ReadAsync(db => new NameBlockStore(db).AnyDueAsync(Block.ExpiresAt, Stop), Stop));
        Assert.Equal(2, await test.Database.WriteAsync(db => new NameBlockStore(db).ExpireAsync(Block.ExpiresAt, Stop), Stop));
        Assert.Empty(views.Names);
        Assert.Equal(5, told);

        Task<bool> PlaceAsync(string name) => test.Database.WriteAsync(db => new NameBlockStore(db).PlaceAsync(Block with { Name = name }, Stop), Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Another_process_hears_of_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);

        await test.OpenAnother().WriteAsync(db => new NameBlockStore(db).PlaceAsync(Block, Stop), Stop);
        await views.CatchUpAsync(Stop);

        var name = Assert.Single(views.Names);
        Assert.Equal((Block.Name, Block.Reason, Block.PlacedBy, Block.ExpiresAt), (name.Name, name.Reason, name.PlacedBy, name.ExpiresAt));
        Assert.Equal(1, await test.Database.WriteAsync(db => new NameBlockStore(db).LiftAllAsync(Actor.Operator("olga"), "It was us.", Some.Time, Stop), Stop));
    }
}
