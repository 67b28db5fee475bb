using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class BlockLiftingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Everything_is_lifted_and_what_belongs_to_no_case_in_one_commit(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var listed = Enumerable.Range(1, 40).Select(i => Some.Block with { Id = new BlockId(i), List = "drop", Prefix = Prefix.Parse($"198.51.100.{i}") });
        var own = Some.Block with { Id = new BlockId(41), Prefix = Prefix.Parse("203.0.113.7") };
        await desk.Db.WriteAsync(db => new BlockStore(db).PlaceAsync([.. listed, own], Stop), Stop);
        var commits = 0;
        void Count(IReadOnlyList<BlockId> changed) => commits++;
        desk.Views.FollowBlocks(Count);

        var done = await new BlockLifting(desk.Db, desk.People, desk.Clock).LiftAllAsync(TestDesk.Olga, " It was us. ", Stop);
        desk.Views.UnfollowBlocks(Count);

        Assert.Equal((41L, null), done);
        Assert.Equal(1, commits);
        Assert.Empty(await desk.Db.ReadAsync(db => new BlockStore(db).ListInForceAsync(100, Stop), Stop));
        var last = await desk.Db.ReadAsync(db => new BlockStore(db).FindAsync(new BlockId(40), Stop), Stop);
        Assert.Equal((BlockState.Lifted, TestDesk.Olga, "It was us."), (last!.State, last.EndedBy, last.EndReason));
    });
}
