using Mailreeve.Policy.Detections;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class DetectionStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_has_a_print_is_added_once_and_what_has_none_each_time(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        Assert.Equal(3, await AddAsync(test, Seen("mx1", 5) with { Print = "a" }, Seen("mx1", 5) with { Print = "b" }, Seen("mx1", 5) with { Print = "a" }, Seen("flows", 5)));
        Assert.Equal(1, await AddAsync(test, Seen("mx1", 5) with { Print = "b" }, Seen("flows", 5)));

        var seen = await test.Database.ReadAsync(db => new DetectionStore(db).SeenAsync(Some.Address, null, Some.Time, Some.Time, Stop), Stop);
        Assert.Equal([("flows", 10L), ("mx1", 10L)], seen.Select(s => (s.Sensor, s.Targets)));
        Assert.Equal(2, await test.Database.ReadAsync(db => new DetectionStore(db).CountOfAsync("mx1", Some.Time - Duration.FromHours(1), Stop), Stop));
        Assert.Equal(0, await test.Database.ReadAsync(db => new DetectionStore(db).CountOfAsync("mx1", Some.Time, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_began_before_does_not_count_though_it_went_on(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var old = Seen("mx1", 5);
        await AddAsync(test, old with { Seen = old.Seen with { FirstAt = Some.Time - Duration.FromMinutes(1) } }, Seen("mx1", 7));

        var seen = await test.Database.ReadAsync(db => new DetectionStore(db).SeenAsync(Some.Address, null, Some.Time, Some.Time, Stop), Stop);

        Assert.Equal(7, Assert.Single(seen).Targets);
    }

    private static Task<int> AddAsync(TestDatabase test, params NewDetection[] seen) =>
        test.Database.WriteAsync(db => new DetectionStore(db).AddAsync(seen, Some.Time, Stop), Stop);

    private static NewDetection Seen(string sensor, long targets) => new(
        new Detection { Sensor = sensor, Type = DetectionTypes.PortScan, Targets = targets, IsTwoWay = true, FirstAt = Some.Time, LastAt = Some.Time },
        Some.Address, null, "", IsOurs: true);
}
