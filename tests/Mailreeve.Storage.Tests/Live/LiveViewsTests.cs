using Mailreeve.Policy;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Live;

public sealed class LiveViewsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_is_in_the_view_when_the_write_returns_and_out_when_it_is_lifted(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        Assert.False(views.Blocks.TryFind(Some.Address, Some.Time, out _));

        await PlaceAsync(test.Database, Some.Block);
        Assert.True(views.Blocks.TryFind(Some.Address, Some.Time, out var entry));
        Assert.Equal(Some.Block.Id, entry.Id);
        Assert.False(views.Blocks.TryFind(Some.OtherAddress, Some.Time, out _));

        await test.Database.WriteAsync(
            db => new BlockStore(db).LiftAsync(Some.Block.Id, Actor.Policy, "resolved", Some.Time, Stop), Stop);
        Assert.False(views.Blocks.TryFind(Some.Address, Some.Time, out _));
        Assert.Equal(0, views.Blocks.Count);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_holds_from_its_first_moment_to_its_last(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);

        await PlaceAsync(test.Database, Some.Block);

        var tick = Duration.FromMilliseconds(1);
        Assert.False(views.Blocks.TryFind(Some.Address, Some.Block.StartsAt - tick, out _));
        Assert.True(views.Blocks.TryFind(Some.Address, Some.Block.StartsAt, out _));
        Assert.True(views.Blocks.TryFind(Some.Address, Some.Block.ExpiresAt - tick, out _));
        Assert.False(views.Blocks.TryFind(Some.Address, Some.Block.ExpiresAt, out _));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_there_before_is_in_the_view_when_it_is_loaded(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await PlaceAsync(test.Database, Some.Block);
        await AddCustomerAsync(test.Database);

        using var views = await LiveViews.LoadAsync(test.OpenAnother(), Stop);

        Assert.True(views.Blocks.TryFind(Some.Address, Some.Time, out _));
        Assert.Equal(Some.Customer, views.Directory.Find(Some.Customer.Id));
        Assert.Equal(Some.Customer.Id, Assert.Single(views.Directory.Covering(Some.Address)).Customer);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_another_process_writes_arrives_without_a_write_of_ours(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var following = views.FollowAsync(stopping.Token);
        var other = test.OpenAnother();

        await PlaceAsync(other, Some.Block);
        await AddCustomerAsync(other);

        await Eventually.TrueAsync(() => views.Blocks.TryFind(Some.Address, Some.Time, out _) && views.Directory.Find(Some.Customer.Id) is not null);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Fact]
    public async Task A_lost_connection_to_the_server_does_not_end_the_following()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.PostgreSql);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var following = views.FollowAsync(stopping.Token);
        var other = test.OpenAnother();
        await Eventually.TrueAsync(() => ListeningAsync(other));

        await other.WriteAsync(
            db => db.QueryAsync<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'", null, Stop), Stop);
        await PlaceAsync(other, Some.Block);

        await Eventually.TrueAsync(() => views.Blocks.TryFind(Some.Address, Some.Time, out _));
        Assert.False(following.IsCompleted);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_that_fails_does_not_touch_the_view(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);

        await Assert.ThrowsAsync<InvalidDataException>(() => test.Database.WriteAsync(async db =>
        {
            await new BlockStore(db).PlaceAsync([Some.Block], Stop);
            throw new InvalidDataException();
        }, Stop));
        await views.CatchUpAsync(Stop);

        Assert.Equal(0, views.Blocks.Count);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Many_writers_at_once_each_see_their_own_block(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);

        await Task.WhenAll(Enumerable.Range(1, 40).Select(async i =>
        {
            var address = Protocols.Net.Address.Parse($"198.51.100.{i}");
            await PlaceAsync(test.Database, Some.Block with { Id = new BlockId(i), Prefix = Protocols.Net.Prefix.Single(address) });
            Assert.True(views.Blocks.TryFind(address, Some.Time, out var entry));
            Assert.Equal(i, entry.Id.Value);
        }));

        Assert.Equal(40, views.Blocks.Count);
    }

    private static Task<bool> ListeningAsync(Database database) => database.ReadAsync(
        async db => await db.SingleAsync<long>("SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'", null, Stop) > 0, Stop);

    private static Task PlaceAsync(Database database, NewBlock block) =>
        database.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);

    private static Task AddCustomerAsync(Database database) => database.WriteAsync(async db =>
    {
        await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
        await new CustomerStore(db).AssignAsync([Some.Assignment], Some.Time, Stop);
    }, Stop);
}
