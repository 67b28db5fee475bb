using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests;

public sealed class BlockExpiryClerkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_ends_when_its_time_is_over_and_not_earlier(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var clock = Some.Clock();
        var clerk = new BlockExpiryClerk(test.Database, clock);
        await PlaceAsync(test.Database, Some.Block);
        clock.Reset(Some.Block.ExpiresAt - Duration.FromMilliseconds(1));

        Assert.Equal(0, await clerk.WorkAsync(Stop));
        Assert.True(views.Blocks.TryFind(Some.Address, clock.GetCurrentInstant(), out _));
        clock.AdvanceMilliseconds(1);
        // Whoever enforces it does not wait for the clerk.
        Assert.False(views.Blocks.TryFind(Some.Address, clock.GetCurrentInstant(), out _));
        Assert.Equal(1, views.Blocks.Count);
        Assert.Equal(1, await clerk.WorkAsync(Stop));

        Assert.Equal(0, views.Blocks.Count);
        Assert.Equal(0, await clerk.WorkAsync(Stop));
        Assert.Empty(await test.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task However_many_are_due_all_end_at_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var clock = Some.Clock();
        const int blocks = 300;
        await PlaceAsync(test.Database, [.. Enumerable.Range(1, blocks).Select(i => Some.Block with
        {
            Id = new BlockId(i),
            Prefix = Prefix.Single(new Address(Address.Parse("2001:db8::").Bits + (UInt128)i)),
        })]);
        await PlaceAsync(test.Database, Some.Block with { Id = new BlockId(blocks + 1), ExpiresAt = Some.Block.ExpiresAt + Duration.FromMilliseconds(1) });
        clock.Reset(Some.Block.ExpiresAt);

        Assert.Equal(blocks, await new BlockExpiryClerk(test.Database, clock).WorkAsync(Stop));

        Assert.Equal(1, views.Blocks.Count);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_that_was_lifted_stays_lifted(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var clock = Some.Clock();
        await PlaceAsync(test.Database, Some.Block with { Case = new CaseId(7) });
        await test.Database.WriteAsync(db => new BlockStore(db).LiftAsync(Some.Block.Id, Actor.Operator("olga"), "They called.", Some.Time, Stop), Stop);
        clock.Reset(Some.Block.ExpiresAt);

        Assert.Equal(0, await new BlockExpiryClerk(test.Database, clock).WorkAsync(Stop));

        var block = Assert.Single(await test.Database.ReadAsync(db => new BlockStore(db).OfCaseAsync(new CaseId(7), Stop), Stop));
        Assert.Equal((BlockState.Lifted, Some.Time), (block.State, block.EndedAt));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_that_work_at_once_end_each_block_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var clock = Some.Clock();
        var other = dialect == Dialect.Sqlite ? test.Database : test.OpenAnother();
        await PlaceAsync(test.Database, [.. Enumerable.Range(1, 250).Select(i => Some.Block with { Id = new BlockId(i) })]);
        clock.Reset(Some.Block.ExpiresAt);

        var ended = await Task.WhenAll(
            new BlockExpiryClerk(test.Database, clock).WorkAsync(Stop), new BlockExpiryClerk(other, clock).WorkAsync(Stop));

        // A batch may come back short because the other had some of it; the next round finds the rest.
        var rest = await new BlockExpiryClerk(test.Database, clock).WorkAsync(Stop);
        Assert.Equal(250, ended.Sum() + rest);
    }

    private static Task PlaceAsync(Database database, params NewBlock[] blocks) =>
        database.WriteAsync(db => new BlockStore(db).PlaceAsync(blocks, Stop), Stop);
}
