using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class BlockStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_comes_back_as_it_was_placed(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var placed = Some.Block with { Case = new CaseId(4), Step = "block", Prefix = Prefix.Parse("2001:db8:7::/48") };

        await PlaceAsync(test, placed);

        var row = Assert.Single(await test.Database.ReadAsync(db => new BlockStore(db).OfCaseAsync(new CaseId(4), Stop), Stop));
        Assert.Equal(
            (placed.Id, placed.Case, placed.Step, placed.Prefix, placed.Scope, placed.Clause, placed.PolicyRevision, placed.Reason, BlockState.InForce),
            (row.Id, row.CaseId, row.Step, row.Prefix, row.Scope, row.Clause, row.PolicyRevision, row.Reason, row.State));
        Assert.Equal((placed.PlacedBy, placed.StartsAt, placed.ExpiresAt, null), (row.PlacedBy, row.StartsAt, row.ExpiresAt, row.EndedAt));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_is_lifted_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await PlaceAsync(test, Some.Block);

        var lifted = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LiftAsync(test.Database)));

        Assert.Single(lifted, l => l);
        Assert.Empty(await test.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_comes_from_lists_of_others_is_counted_beside_the_rest_as_long_as_it_is_in_force(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        NewBlock[] blocks =
        [
            Some.Block with { Id = new BlockId(1) }, Some.Block with { Id = new BlockId(2), List = "drop" }, Some.Block with { Id = new BlockId(3), List = "own" },
        ];
        await test.Database.WriteAsync(db => new BlockStore(db).PlaceAsync(blocks, Stop), Stop);
        await test.Database.WriteAsync(db => new BlockStore(db).LiftAsync(new BlockId(3), Actor.Operator("olga"), "They stopped.", Some.Time, Stop), Stop);

        var enforced = await test.Database.ReadAsync(db => new EnforcementStore(db).InForceAsync(10, Stop), Stop);

        Assert.Equal([new BlockId(1)], enforced.Blocks.Select(b => b.Id));
        Assert.Equal(1, enforced.OfLists);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Blocks_expire_when_their_time_is_over_and_their_case_is_told_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await PlaceAsync(
            test,
            Some.Block with { Case = new CaseId(4) },
            Some.Block with { Id = new BlockId(2), ExpiresAt = Some.Block.ExpiresAt + Duration.FromMilliseconds(1) });

        var expired = await test.Database.WriteAsync(db => new BlockStore(db).ExpireAsync(Some.Block.ExpiresAt, 10, Stop), Stop);

        Assert.Equal(1, expired);
        Assert.Equal([new BlockId(1)], (await UntoldAsync(test)).Select(b => b.Id));
        await test.Database.WriteAsync(db => new BlockStore(db).ToldAsync(new BlockId(1), Some.Time, Stop), Stop);
        Assert.Empty(await UntoldAsync(test));
        Assert.Equal(
            [new BlockId(2)], (await test.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop)).Select(b => b.Id));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_that_is_lifted_and_expires_at_once_ends_one_way(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        await PlaceAsync(test, [.. Enumerable.Range(1, 20).Select(i => Some.Block with { Id = new BlockId(i), Case = new CaseId(i) })]);

        var lifting = Task.WhenAll(Enumerable.Range(1, 20).Select(i => test.Database.WriteAsync(
            db => new BlockStore(db).LiftAsync(new BlockId(i), Actor.Operator("kim"), "resolved", Some.Time, Stop), Stop)));
        var expiring = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => other.WriteAsync(
            db => new BlockStore(db).ExpireAsync(Some.Block.ExpiresAt, 10, Stop), Stop)));
        var lifted = (await lifting).Count(l => l);
        await expiring;

        var rows = await test.Database.ReadAsync(
            db => db.QueryAsync<BlockRow>("SELECT * FROM block WHERE state = 'lifted'", null, Stop), Stop);
        Assert.Equal(lifted, rows.Count);
        Assert.All(rows, r => Assert.Equal((Actor.Operator("kim"), "resolved"), (r.EndedBy, r.EndReason)));
    }

    private static Task PlaceAsync(TestDatabase test, params NewBlock[] blocks) =>
        test.Database.WriteAsync(db => new BlockStore(db).PlaceAsync(blocks, Stop), Stop);

    private static Task<bool> LiftAsync(Database database) => database.WriteAsync(
        db => new BlockStore(db).LiftAsync(Some.Block.Id, Actor.Operator("kim"), "resolved", Some.Time, Stop), Stop);

    private static Task<IReadOnlyList<BlockRow>> UntoldAsync(TestDatabase test) =>
        test.Database.ReadAsync(db => new BlockStore(db).ExpiredUntoldAsync(10, Stop), Stop);
}
