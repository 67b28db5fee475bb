using Mailreeve.Network.Detections;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Detections;

/// <summary>C5: addresses of others that attack.</summary>
public sealed class AttackerBlockClerkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_sensors_block_for_a_while_and_one_does_not(Dialect dialect) => RunAsync(dialect, new DetectionTerms { BlocksOthers = true }, async (database, views, clerk, clock) =>
    {
        await SeeAsync(database, clock, "203.0.113.9", "suricata-1");
        await clerk.WorkAsync(Stop);
        Assert.Equal(0, views.Blocks.Count);

        await SeeAsync(database, clock, "203.0.113.9", "fail2ban");
        await clerk.WorkAsync(Stop);
        var block = Assert.Single(await database.ReadAsync(db => new BlockStore(db).ListPlacedAsync(10, Stop), Stop));
        Assert.Equal(
            (Prefix.Parse("203.0.113.9"), BlockScope.All, new ClauseId("C5"), Actor.Policy, clock.GetCurrentInstant() + Duration.FromHours(24)),
            (block.Prefix, block.Scope, block.Clause, block.PlacedBy, block.ExpiresAt));
        Assert.StartsWith("Seen to attack: 2 sensors, 60 hosts", block.Reason, StringComparison.Ordinal);

        // It is blocked already; nobody is told twice.
        await SeeAsync(database, clock, "203.0.113.9", "fail2ban");
        await clerk.WorkAsync(Stop);
        Assert.Equal(1, views.Blocks.Count);
        Assert.Equal($"Blocked already, block {block.Id.Value}.", (await LastAsync(database)).Outcome);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Never_what_is_never_blocked_nobodys_or_too_many(Dialect dialect) => RunAsync(dialect, new DetectionTerms { BlocksOthers = true, BlocksAtMost = 2 }, async (database, views, clerk, clock) =>
    {
        foreach (var (address, outcome) in new[]
        {
            ("198.51.100.1", "198.51.100.0/28 is on the never-block list: our upstream."), ("10.1.2.3", "Nobody's address on the Internet."), ("203.0.113.1", "Blocked, block 1."),
            ("2001:db8:9::1", "Blocked, block 2."), ("203.0.113.3", "Not blocked: 2 such blocks are in force."),
        })
        {
            await SeeAsync(database, clock, address, "suricata-1");
            await SeeAsync(database, clock, address, "fail2ban");
            await clerk.WorkAsync(Stop);
            Assert.Equal((address, outcome), (address, (await LastAsync(database)).Outcome));
        }

        Assert.Equal(2, views.Blocks.Count);

        // One has ended: there is room.
        await database.WriteAsync(db => new BlockStore(db).LiftAsync(new BlockId(1), Actor.Operator("olga"), "Enough.", clock.GetCurrentInstant(), Stop), Stop);
        await SeeAsync(database, clock, "203.0.113.3", "fail2ban");
        await clerk.WorkAsync(Stop);
        Assert.Equal("Blocked, block 3.", (await LastAsync(database)).Outcome);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Unless_it_is_asked_for_it_only_says_what_it_would_do_and_forgets_in_time(Dialect dialect) => RunAsync(dialect, new DetectionTerms(), async (database, views, clerk, clock) =>
    {
        await SeeAsync(database, clock, "203.0.113.9", "suricata-1");
        await SeeAsync(database, clock, "203.0.113.9", "fail2ban");
        await clerk.WorkAsync(Stop);
        Assert.Equal(0, views.Blocks.Count);
        Assert.Equal("It would be blocked; detection.block-others is not set.", (await LastAsync(database)).Outcome);

        clock.Advance(Duration.FromDays(90));
        await clerk.WorkAsync(Stop);
        Assert.Equal(2, (await database.ReadAsync(db => new DetectionStore(db).ListAsync(10, Stop), Stop)).Count);
        clock.Advance(Duration.FromHours(1));
        await clerk.WorkAsync(Stop);
        Assert.Empty(await database.ReadAsync(db => new DetectionStore(db).ListAsync(10, Stop), Stop));
    });

    private static async Task RunAsync(Dialect dialect, DetectionTerms terms, Func<Database, LiveViews, AttackerBlockClerk, FakeClock, Task> story)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var clock = Some.Clock();
        NeverBlockEntry[] never = [new(Prefix.Parse("198.51.100.0/28"), "our upstream")];
        await story(test.Database, views, new AttackerBlockClerk(test.Database, views, ShippedPolicy.Policy, never, terms, clock), clock);
    }

    private static Task<int> SeeAsync(Database database, FakeClock clock, string address, string sensor) => database.WriteAsync(
        db => new DetectionStore(db).AddAsync(
            [
                new NewDetection(
                    new Detection { Sensor = sensor, Type = DetectionTypes.PortScan, Targets = 30, IsTwoWay = true, FirstAt = clock.GetCurrentInstant(), LastAt = clock.GetCurrentInstant() },
                    Address.Parse(address), null, "", IsOurs: false),
            ],
            clock.GetCurrentInstant(), Stop),
        Stop);

    private static async Task<DetectionRow> LastAsync(Database database) => (await database.ReadAsync(db => new DetectionStore(db).ListAsync(1, Stop), Stop))[0];
}
