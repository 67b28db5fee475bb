using Mailreeve.Network.Bouncers;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Bouncers;

/// <summary>What bouncers are told: once, again, after an absence, after a restart of ours.</summary>
public sealed class BouncerHandOverTests
{
    private static readonly NeverBlockEntry[] Never = [new(Prefix.Parse("192.0.2.9"), "the router")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_bouncer_is_told_what_is_new_since_it_asked_last(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var first = await desk.PlaceAsync("203.0.113.66");
        Assert.Equal(["203.0.113.66"], await desk.TellAsync(isStart: true));

        var second = await desk.PlaceAsync("2001:db8:66::66");
        desk.Clock.AdvanceSeconds(10);
        Assert.Equal(["203.0.113.66", "2001:db8:66::66"], await desk.TellAsync());
        await desk.LiftAsync(first);
        desk.Clock.AdvanceSeconds(10);

        Assert.Equal(["2001:db8:66::66"], await desk.TellAsync());
        var rows = await desk.RowsAsync(first, second);
        Assert.Equal([EnforcementState.Removed, EnforcementState.HandedOver], rows.Select(r => r.State));
        // It was told, and proves nothing.
        Assert.All(rows, r => Assert.Null(r.ProvenAt));
    }

    [Fact]
    public async Task News_are_told_three_times_and_everything_every_ten_minutes()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.PlaceAsync("203.0.113.66");
        await desk.PullAsync(isStart: true);

        Assert.Equal((1, 0), Counts(await desk.PullAsync()));
        Assert.Equal((1, 0), Counts(await desk.PullAsync()));
        Assert.Equal((0, 0), Counts(await desk.PullAsync()));
        desk.Clock.AdvanceMinutes(10);
        // Its packet filter may have been emptied.
        Assert.Equal((1, 0), Counts(await desk.PullAsync()));
        Assert.Equal((0, 0), Counts(await desk.PullAsync()));
    }

    [Fact]
    public async Task One_that_was_away_is_told_what_ended_meanwhile()
    {
        await using var desk = await Desk.OpenAsync();
        var lifted = await desk.PlaceAsync("203.0.113.66");
        await desk.PlaceAsync("203.0.113.67");
        Assert.Equal(2, (await desk.TellAsync(isStart: true)).Count);
        desk.Clock.AdvanceDays(1);
        await desk.LiftAsync(lifted);
        var unseen = await desk.PlaceAsync("203.0.113.68");
        await desk.LiftAsync(unseen);
        await desk.PlaceAsync("203.0.113.69");
        desk.Restart();

        Assert.Equal(["203.0.113.67", "203.0.113.69"], await desk.TellAsync());
    }

    [Fact]
    public async Task What_is_never_blocked_is_cut_out_and_port_25_alone_is_not_told()
    {
        await using var desk = await Desk.OpenAsync(takesRanges: true);
        var range = await desk.PlaceAsync("192.0.2.8/30");
        var never = await desk.PlaceAsync("192.0.2.9");
        var mail = await desk.PlaceAsync("203.0.113.66", BlockScope.Port25);

        Assert.Equal(["192.0.2.8", "192.0.2.10/31"], await desk.TellAsync(isStart: true));

        var rows = await desk.RowsAsync(range, never, mail);
        Assert.Equal([EnforcementState.HandedOver, EnforcementState.Pending, EnforcementState.Pending], rows.Select(r => r.State));
        Assert.Contains("never-block", rows[1].Detail, StringComparison.Ordinal);
        Assert.Contains("all traffic or none", rows[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_takes_no_ranges_is_told_their_addresses_and_of_wide_ones_nothing()
    {
        await using var desk = await Desk.OpenAsync();
        var small = await desk.PlaceAsync("203.0.113.0/30");
        var wide = await desk.PlaceAsync("2001:db8::/48");

        Assert.Equal(["203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3"], await desk.TellAsync(isStart: true));

        var rows = await desk.RowsAsync(small, wide);
        Assert.Equal([EnforcementState.HandedOver, EnforcementState.Pending], rows.Select(r => r.State));
        Assert.Contains("--takes-ranges", rows[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_on_the_never_block_list_from_now_on_is_taken_back()
    {
        await using var desk = await Desk.OpenAsync(takesRanges: true);
        await desk.PlaceAsync("203.0.113.0/24");
        await desk.TellAsync(isStart: true);

        desk.Restart([.. Never, new(Prefix.Parse("203.0.113.0/25"), "management")]);

        Assert.Equal(["203.0.113.128/25"], await desk.TellAsync());
    }

    [Fact]
    public async Task A_longer_block_on_the_same_address_prolongs_it()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.PlaceAsync("203.0.113.66", for_: Duration.FromHours(1));
        await desk.TellAsync(isStart: true);
        var longer = await desk.PlaceAsync("203.0.113.66", for_: Duration.FromHours(2));
        await desk.TellAsync();

        desk.Clock.AdvanceMinutes(90);
        Assert.Equal(["203.0.113.66"], desk.Bouncer());
        await desk.LiftAsync(longer);

        Assert.Empty(await desk.TellAsync());
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_block_that_is_prolonged_is_news_three_times_and_no_more(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var block = await desk.PlaceAsync("203.0.113.66", for_: Duration.FromHours(1));
        await desk.TellAsync(isStart: true);
        desk.Clock.AdvanceMinutes(1);
        for (var i = 0; i < 3; i++)
            await desk.TellAsync();
        Assert.Equal((0, 0), Counts(await desk.PullAsync()));

        await desk.ExtendAsync(block, Duration.FromHours(2));

        for (var i = 0; i < 3; i++)
            Assert.NotEmpty((await desk.PullAsync())!.New);
        Assert.Equal((0, 0), Counts(await desk.PullAsync()));
        await desk.TellAsync(isStart: true);
        desk.Clock.AdvanceMinutes(90);
        Assert.Equal(["203.0.113.66"], desk.Bouncer());
    }

    [Fact]
    public async Task Of_two_processes_that_answer_one_bouncer_neither_forgets_what_the_other_said()
    {
        await using var desk = await Desk.OpenAsync();
        var other = desk.Another();
        var first = await desk.PlaceAsync("203.0.113.66");
        await desk.TellAsync(isStart: true);
        await desk.PlaceAsync("203.0.113.67");
        Assert.Equal(2, (await desk.TellAsync(by: other)).Count);
        await desk.LiftAsync(first);

        Assert.Equal(["203.0.113.67"], await desk.TellAsync());
    }

    [Fact]
    public async Task One_that_is_removed_is_told_nothing()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.PlaceAsync("203.0.113.66");
        await desk.RemoveAsync();

        Assert.Null(await desk.PullAsync(isStart: true));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task With_two_answers_of_three_lost_it_blocks_what_it_should(Dialect dialect)
    {
        string[] targets = ["203.0.113.0/29", "203.0.113.0/30", "203.0.113.4/31", "203.0.113.1", "203.0.113.4", "203.0.113.6", "192.0.2.8/30", "192.0.2.8"];
        await using var desk = await Desk.OpenAsync(dialect, takesRanges: dialect == Dialect.Sqlite);
        var random = new Random(dialect == Dialect.Sqlite ? 7 : 11);
        var placed = new List<BlockId>();
        await desk.TellAsync(isStart: true);
        for (var step = 0; step < 120; step++)
        {
            for (var lost = random.Next(3); lost >= 0; lost--)
            {
                for (var changes = random.Next(3); changes > 0; changes--)
                {
                    if (placed.Count > 0 && random.Next(5) < 2)
                    {
                        await desk.LiftAsync(placed[random.Next(placed.Count)]);
                    }
                    else
                    {
                        placed.Add(await desk.PlaceAsync(targets[random.Next(targets.Length)], for_: Duration.FromMinutes(random.Next(1, 60))));
                    }
                }

                if (random.Next(8) == 0)
                    desk.Restart();
                desk.Clock.AdvanceSeconds(random.Next(1, 60));
                if (lost > 0)
                    await desk.PullAsync();
            }

            await desk.TellAsync();
            Assert.True(desk.Should().SetEquals(desk.Stopped()), $"step {step}");
        }
    }

    private static (int New, int Deleted) Counts(BouncerNews<BlockEntry>? news) => (news!.New.Count, news.Deleted.Count);

    private sealed class Desk : IAsyncDisposable
    {
        private const string Name = "fw1";
        private readonly TestDatabase database;
        private readonly LiveViews views;
        private readonly Dictionary<Prefix, Instant> entries = [];
        private BouncerHandOver handOver;
        private long next;

        private Desk(TestDatabase database, LiveViews views)
        {
            (this.database, this.views) = (database, views);
            handOver = Another();
        }

        public FakeClock Clock { get; } = Some.Clock();

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite, bool takesRanges = false)
        {
            var database = await TestDatabase.OpenAsync(dialect);
            var hash = ProgramKey.HashOf(ProgramKey.Make());
            Assert.True(await database.Database.WriteAsync(db => new BouncerStore(db).AddAsync(Name, hash, takesRanges, Actor.Policy, Some.Time, Stop), Stop));
            Assert.False(await database.Database.WriteAsync(db => new BouncerStore(db).AddAsync(Name, hash, takesRanges, Actor.Policy, Some.Time, Stop), Stop));
            return new Desk(database, await LiveViews.LoadAsync(database.Database, Stop));
        }

        public BouncerHandOver Another(NeverBlockEntry[]? never = null) => new(database.Database, views, never ?? Never, Clock);

        public void Restart(NeverBlockEntry[]? never = null) => handOver = Another(never);

        public async Task<BlockId> PlaceAsync(string prefix, BlockScope scope = BlockScope.All, Duration? for_ = null)
        {
            var now = Clock.GetCurrentInstant();
            var block = Some.Block with
            {
                Id = new BlockId(++next), Prefix = Prefix.Parse(prefix), Scope = scope, StartsAt = now, ExpiresAt = now + (for_ ?? Duration.FromDays(30)),
            };
            await database.Database.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);
            return block.Id;
        }

        public Task<bool> LiftAsync(BlockId id) =>
            database.Database.WriteAsync(db => new BlockStore(db).LiftAsync(id, Actor.Policy, "over", Clock.GetCurrentInstant(), Stop), Stop);

        public Task<int> ExtendAsync(BlockId id, Duration for_) =>
            database.Database.WriteAsync(db => new BlockStore(db).ExtendAsync([id], Clock.GetCurrentInstant() + for_, Stop), Stop);

        public Task<bool> RemoveAsync() =>
            database.Database.WriteAsync(db => new BouncerStore(db).RemoveAsync(Name, Actor.Policy, Clock.GetCurrentInstant(), Stop), Stop);

        // An answer that does not arrive.
        public async Task<BouncerNews<BlockEntry>?> PullAsync(bool isStart = false, BouncerHandOver? by = null)
        {
            var all = await database.Database.ReadAsync(db => new BouncerStore(db).InUseAsync(Stop), Stop);
            Clock.AdvanceMilliseconds(1);
            return all.Count == 0 ? null : await (by ?? handOver).PullAsync(all[0], isStart, all[0].TakesRanges != 0, "a test", Stop);
        }

        // One that does.
        public async Task<IReadOnlyList<string>> TellAsync(bool isStart = false, BouncerHandOver? by = null)
        {
            var news = await PullAsync(isStart, by);
            foreach (var over in news!.Deleted)
                entries.Remove(over.Key);
            foreach (var one in news.New)
                entries[one.Key] = one.Value.ExpiresAt;
            return Bouncer();
        }

        public IReadOnlyList<string> Bouncer() =>
            [.. entries.Where(e => e.Value > Clock.GetCurrentInstant()).Select(e => e.Key).OrderBy(p => p.First).Select(p => p.ToString())];

        public HashSet<Address> Stopped() => Addresses(entries.Where(e => e.Value > Clock.GetCurrentInstant()).Select(e => e.Key));

        public HashSet<Address> Should() =>
            Addresses(new DesiredBlocks(Never).Of(views.Blocks.All.Where(b => b.IsInForce(Clock.GetCurrentInstant()))).Select(e => e.Prefix));

        public Task<IReadOnlyList<EnforcementRow>> RowsAsync(params BlockId[] blocks) =>
            database.Database.ReadAsync(db => new EnforcementStore(db).OfAsync(blocks, Stop), Stop);

        public async ValueTask DisposeAsync()
        {
            views.Dispose();
            await database.DisposeAsync();
        }

        private static HashSet<Address> Addresses(IEnumerable<Prefix> prefixes) =>
            [.. prefixes.SelectMany(p => Enumerable.Range(0, (int)p.Count).Select(i => new Address(p.First.Bits + (UInt128)i)))];
    }
}
