using Mailreeve.Network.Enforcement;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Enforcement;

/// <summary>From the row of a block to the packet that does not arrive, and back.</summary>
public sealed class EnforcementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly EnforcementOptions Options = new() { Node = "edge", Tick = TimeSpan.FromMilliseconds(20) };

    private static readonly NeverBlockEntry[] Own =
    [
        new(Prefix.Parse("198.51.100.1"), "the router"), new(Prefix.Parse("2001:db8:2::1"), "the router"),
        new(Prefix.Parse("192.0.2.99"), "to see that packets pass"), new(Prefix.Parse("198.51.100.99"), "to see that packets pass"),
        // Neighbours find each other by these.
        new(Prefix.Parse("fe80::/10"), "link-local"), new(Prefix.Parse("ff00::/8"), "multicast"),
    ];

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Traffic_flows_is_blocked_both_ways_and_flows_again(Dialect dialect)
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three, dialect);
        var running = desk.Run(out var end);
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80);
        await ThreeNetworks.FlowsAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 80);

        var blocks = await desk.PlaceAsync(BlockScope.All, "203.0.113.66", "2001:db8:66::66");
        await desk.StandAsync(blocks, EnforcementState.Active);

        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80));
        Assert.True(await three.IsStoppedAsync(three.Internet, "203.0.113.66", "192.0.2.7", 80));
        Assert.True(await three.IsStoppedAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 80));
        Assert.True(await three.IsStoppedAsync(three.Internet, "2001:db8:66::66", "2001:db8:1::7", 80));
        // From the router itself too, and its neighbour is not hit.
        Assert.True(await three.IsStoppedAsync(three.Edge, "192.0.2.1", "203.0.113.66", 80));
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.67", 80);

        await desk.LiftAsync(blocks);
        await desk.StandAsync(blocks, EnforcementState.Removed);
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80);
        await ThreeNetworks.FlowsAsync(three.Internet, "2001:db8:66::66", "2001:db8:1::7", 80);
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Only_port_25_of_a_customer_is_blocked_both_ways()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var running = desk.Run(out var end);

        await desk.StandAsync(await desk.PlaceAsync(BlockScope.Port25, "192.0.2.7", "2001:db8:1::/64"), EnforcementState.Active);

        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 25));
        Assert.True(await three.IsStoppedAsync(three.Internet, "203.0.113.66", "192.0.2.7", 25));
        Assert.True(await three.IsStoppedAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 25));
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80);
        await ThreeNetworks.FlowsAsync(three.Internet, "203.0.113.66", "192.0.2.7", 80);
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.8", "203.0.113.66", 25);
        await ThreeNetworks.FlowsAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 80);
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task All_that_a_customer_has_is_blocked_but_for_what_never_is()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var running = desk.Run(out var end);

        // 192.0.2.99 lies in it.
        await desk.StandAsync(await desk.PlaceAsync(BlockScope.All, "192.0.2.0/24", "2001:db8:1::/64"), EnforcementState.Active);

        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80));
        Assert.True(await three.IsStoppedAsync(three.Internet, "203.0.113.66", "192.0.2.8", 80));
        Assert.True(await three.IsStoppedAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 80));
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.99", "203.0.113.66", 80);
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task With_the_whole_internet_blocked_management_still_works()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var running = desk.Run(out var end);

        await desk.StandAsync(await desk.PlaceAsync(BlockScope.All, "0.0.0.0/0", "::/0"), EnforcementState.Active);

        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80));
        Assert.True(await three.IsStoppedAsync(three.Customer, "2001:db8:1::7", "2001:db8:66::66", 80));
        await ThreeNetworks.FlowsAsync(three.Internet, "203.0.113.66", "198.51.100.1", 22);
        await ThreeNetworks.FlowsAsync(three.Edge, "198.51.100.1", "203.0.113.66", 22);
        await ThreeNetworks.FlowsAsync(three.Internet, "2001:db8:2::2", "2001:db8:2::1", 22);
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_others_flush_add_or_delete_is_put_right()
    {
        var nft = Required.Program("nft", "nftables");
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var running = desk.Run(out var end);
        var blocks = await desk.PlaceAsync(BlockScope.All, "203.0.113.66", "203.0.113.128/25");
        await desk.StandAsync(blocks, EnforcementState.Active);
        Assert.Equal(0, desk.Loop.Figures.Drift);

        foreach (var change in new[]
        {
            "flush ruleset", "delete element inet mailreeve all_4 { 203.0.113.66 }", "add element inet mailreeve all_4 { 203.0.113.67 }",
            "flush set inet mailreeve all_4_net", "flush set inet mailreeve lease", "insert rule inet mailreeve deciding_4 accept",
        })
        {
            var (drift, comparisons) = (desk.Loop.Figures.Drift, desk.Loop.Figures.Comparisons);
            three.Edge.Run(nft, change);
            await Eventually.TrueAsync(() => desk.Loop.Figures.Drift > drift && desk.Loop.Figures.Comparisons > comparisons, change);
            Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80), change);
            await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.67", 80);
        }

        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Wherever_it_is_killed_the_next_one_puts_everything_right()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        for (var step = 1; ; step++)
        {
            // Empty kernel, 100 blocks; then one more of a single address, a prefix, and one less of each.
            using (var empty = three.Open())
                empty.Remove();
            await desk.PlaceAsync(BlockScope.All, [.. Enumerable.Range(1, 100).Select(i => $"203.0.113.{i}")]);
            bool died;
            using (var filter = new DyingBackEnd(three.Open(), step))
            {
                died = await desk.DiesAsync(filter, async reconciler =>
                {
                    await reconciler.StartAsync(Stop);
                    var single = await desk.PlaceAsync(BlockScope.Port25, "192.0.2.7");
                    await reconciler.FollowAsync(Stop);
                    var prefix = await desk.PlaceAsync(BlockScope.All, "192.0.2.8/29");
                    await reconciler.FollowAsync(Stop);
                    await desk.LiftAsync(single);
                    await reconciler.FollowAsync(Stop);
                    await desk.LiftAsync(prefix);
                    await reconciler.FollowAsync(Stop);
                });
            }

            using (var next = three.Open())
            {
                using var reconciler = desk.Make(next);
                await reconciler.StartAsync(Stop);
                Assert.True(next.Read()!.SetEquals(new DesiredBlocks(Own).At(desk.Views.Blocks.All, desk.Clock.GetCurrentInstant())), $"step {step}");
            }

            await desk.StandAsync([.. desk.Views.Blocks.All.Select(b => b.Id)], EnforcementState.Active);
            await desk.LiftAsync([.. desk.Views.Blocks.All.Select(b => b.Id)]);
            if (!died)
            {
                Assert.True(step > 10, $"{step} steps");
                return;
            }
        }
    }

    [Fact]
    public async Task Of_two_one_enforces_and_the_other_takes_over()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var blocks = await desk.PlaceAsync(BlockScope.All, "203.0.113.66");
        var first = desk.Run(out var end);
        await desk.StandAsync(blocks, EnforcementState.Active);
        var secondLoop = desk.MakeLoop();
        using var secondEnd = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var second = secondLoop.RunAsync(secondEnd.Token);
        var more = await desk.PlaceAsync(BlockScope.All, "203.0.113.67");
        await desk.StandAsync(more, EnforcementState.Active);
        Assert.Equal(0, secondLoop.Figures.Comparisons);

        await end.CancelAsync();
        await first;
        await Eventually.TrueAsync(() => secondLoop.Figures.Comparisons > 0);

        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80));
        await desk.LiftAsync(more);
        await desk.StandAsync(more, EnforcementState.Removed);
        await secondEnd.CancelAsync();
        await second;
    }

    [Fact]
    public async Task Blocks_begin_and_end_by_the_clock_wherever_it_jumps()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        var running = desk.Run(out var end);
        var blocks = await desk.PlaceAsync(BlockScope.All, "203.0.113.66");
        await desk.StandAsync(blocks, EnforcementState.Active);

        desk.Clock.Reset(Some.Block.ExpiresAt);
        await desk.StandAsync(blocks, EnforcementState.Removed);
        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80);

        desk.Clock.Reset(Some.Block.StartsAt);
        var more = await desk.PlaceAsync(BlockScope.All, "203.0.113.67");
        await desk.StandAsync(more, EnforcementState.Active);
        Assert.True(await three.IsStoppedAsync(three.Customer, "192.0.2.7", "203.0.113.67", 80));
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task When_the_program_is_gone_blocks_end_with_their_lease()
    {
        using var three = ThreeNetworks.Make3();
        await using var desk = await Desk.OpenAsync(three);
        await desk.PlaceAsync(BlockScope.All, "203.0.113.66");
        using (var filter = three.Open())
        {
            using var reconciler = desk.Make(filter, Options with { Lease = Duration.FromMilliseconds(500) });
            await reconciler.StartAsync(Stop);
        }

        await ThreeNetworks.FlowsAsync(three.Customer, "192.0.2.7", "203.0.113.66", 80);
    }

    private sealed class Desk : IAsyncDisposable
    {
        private readonly ThreeNetworks three;
        private readonly TestDatabase database;
        private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private long next;

        private Desk(ThreeNetworks three, TestDatabase database, LiveViews views)
        {
            (this.three, this.database, Views) = (three, database, views);
            Loop = MakeLoop();
        }

        public LiveViews Views { get; }

        public FakeClock Clock { get; } = Some.Clock();

        public EnforcementLoop Loop { get; }

        public static async Task<Desk> OpenAsync(ThreeNetworks three, Dialect dialect = Dialect.Sqlite)
        {
            var database = await TestDatabase.OpenAsync(dialect);
            return new Desk(three, database, await LiveViews.LoadAsync(database.Database, Stop));
        }

        public EnforcementLoop MakeLoop() =>
            new("nftables", _ => Task.FromResult<IBlockBackEnd?>(three.TryOpen()), database.Database, Views, Own, Options, Clock, NullLogger.Instance);

        public Reconciler Make(IBlockBackEnd filter, EnforcementOptions? options = null) =>
            new(filter, database.Database, Views, Own, options ?? Options, new EnforcementFigures(), Clock, NullLogger.Instance);

        public Task Run(out CancellationTokenSource end)
        {
            end = ending;
            return Loop.RunAsync(ending.Token);
        }

        // Whether the back end died under it.
        public async Task<bool> DiesAsync(IBlockBackEnd filter, Func<Reconciler, Task> work)
        {
            try
            {
                using var reconciler = Make(filter);
                await work(reconciler);
                return false;
            }
            catch (DyingBackEnd.DiedException)
            {
                return true;
            }
        }

        public async Task<BlockId[]> PlaceAsync(BlockScope scope, params string[] prefixes)
        {
            NewBlock[] blocks = [.. prefixes.Select(p => Some.Block with { Id = new BlockId(++next), Prefix = Prefix.Parse(p), Scope = scope })];
            await database.Database.WriteAsync(db => new BlockStore(db).PlaceAsync(blocks, Stop), Stop);
            return [.. blocks.Select(b => b.Id)];
        }

        public Task LiftAsync(BlockId[] blocks) =>
            database.Database.WriteAsync(async db =>
            {
                foreach (var id in blocks)
                    Assert.True(await new BlockStore(db).LiftAsync(id, Actor.Policy, "over", Clock.GetCurrentInstant(), Stop));
            }, Stop);

        public Task StandAsync(BlockId[] blocks, EnforcementState state) =>
            Eventually.TrueAsync(async () =>
            {
                var rows = await database.Database.ReadAsync(db => new EnforcementStore(db).OfAsync(blocks, Stop), Stop);
                return rows.Count == blocks.Length && rows.All(r => r.State == state && r.Node == "edge" && r.ProvenAt is not null);
            }, $"{blocks.Length} blocks are {state}");

        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            ending.Dispose();
            Views.Dispose();
            await database.DisposeAsync();
        }
    }

    /// <summary>Dies at a step as a program does: before it is done, or when it is done and nobody has learned of it.</summary>
    private sealed class DyingBackEnd(NftablesBackEnd filter, int step) : IBlockBackEnd
    {
        private int at;

        public string Name => filter.Name;

        public bool HoldsNever => filter.HoldsNever;

        public BlockReach ReachOf(BlockTarget block) => filter.ReachOf(block);

        public HashSet<EnforcedElement>? Read() => Do(filter.Read);

        public bool TryApply(IReadOnlyCollection<EnforcedElement> removed, IReadOnlyCollection<EnforcedElement> added) => Do(() => filter.TryApply(removed, added));

        public void Replace(IReadOnlyCollection<EnforcedElement> elements) => Do(() =>
        {
            filter.Replace(elements);
            return true;
        });

        public bool Has(EnforcedElement single) => Do(() => filter.Has(single));

        public bool TryRenew(Duration lease) => Do(() => filter.TryRenew(lease));

        public Task ForeignChangeAsync(CancellationToken stop) => filter.ForeignChangeAsync(stop);

        public void Dispose() => filter.Dispose();

        private T Do<T>(Func<T> act)
        {
            if (++at == step)
                throw new DiedException();
            var done = act();
            return ++at == step ? throw new DiedException() : done;
        }

        public sealed class DiedException : Exception;
    }
}
