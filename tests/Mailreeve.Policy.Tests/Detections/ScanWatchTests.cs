using CsCheck;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Tests.Detections;

/// <summary>C5: who scans, and who does not.</summary>
public sealed class ScanWatchTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 10, 0);
    private static readonly Address Source = Address.Parse("203.0.113.9");

    [Fact]
    public void Four_first_contacts_that_fail_make_a_scanner_whether_of_hosts_or_of_ports()
    {
        var watch = new ScanWatch();
        for (var i = 1; i <= 3; i++)
            watch.Add(Failed(Host(i), 22));
        Assert.Empty(watch.Take("flows", Start));

        watch.Add(Failed(Host(4), 22));
        var (source, seen) = Assert.Single(watch.Take("flows", Start));
        Assert.Equal((Source, 4L, false), (source, seen.Targets, seen.IsTwoWay));

        var ports = new ScanWatch();
        for (var port = 1; port <= 4; port++)
            ports.Add(Failed(Host(1), port));
        Assert.Single(ports.Take("flows", Start));
    }

    [Fact]
    public void The_same_contact_again_counts_once()
    {
        var watch = new ScanWatch();
        for (var i = 0; i < 100; i++)
            watch.Add(Failed(Host(1), 25));
        Assert.Empty(watch.Take("flows", Start));
    }

    [Fact]
    public void A_scanner_is_told_at_once_and_then_every_five_minutes_what_came_on_top()
    {
        var watch = new ScanWatch();
        for (var i = 1; i <= 10; i++)
            watch.Add(Failed(Host(i), 22));
        Assert.Equal(10, Assert.Single(watch.Take("flows", Start)).Seen.Targets);
        for (var i = 11; i <= 30; i++)
            watch.Add(Failed(Host(i), 22));
        Assert.Empty(watch.Take("flows", Start + Duration.FromMinutes(4)));
        Assert.Equal(20, Assert.Single(watch.Take("flows", Start + Duration.FromMinutes(5))).Seen.Targets);
        Assert.Empty(watch.Take("flows", Start + Duration.FromHours(1)));
    }

    [Fact]
    public void Who_is_answered_mostly_is_none_and_nobody_earns_the_right_to_scan()
    {
        var watch = new ScanWatch();
        for (var i = 1; i <= 250; i++)
            watch.Add(new ContactAttempt(Source, Host(i), 443, i % 5 != 0, Start));
        Assert.Empty(watch.Take("flows", Start));
        for (var port = 1; port <= 8; port++)
            watch.Add(Failed(Host(1), port));
        Assert.Single(watch.Take("flows", Start));
    }

    [Fact]
    public void What_it_remembers_is_bounded()
    {
        var watch = new ScanWatch();
        for (var i = 0; i < 3 * ScanWatch.SourcesMax; i++)
            watch.Add(new ContactAttempt(new Address((UInt128)(ulong)i << 64), Host(1), 22, false, Start));
        Assert.InRange(watch.Sources, 1, 2 * ScanWatch.SourcesMax);
    }

    // Ordinary clients fail now and then; with four in five answered, hardly any is taken for a scanner: the paper's bound is one in a hundred.
    [Fact]
    public void Of_ordinary_clients_hardly_any_is_taken_for_a_scanner()
    {
        var random = new Random(7);
        var wrong = 0;
        for (var client = 0; client < 1000; client++)
        {
            var walk = default(ThresholdWalk);
            for (var i = 0; i < 50 && !walk.IsScanner; i++)
                walk.Step(random.NextDouble() < 0.8);
            wrong += walk.IsScanner ? 1 : 0;
        }

        Assert.InRange(wrong, 0, 10);
    }

    [Fact]
    public void The_walk_is_where_the_paper_says() => Gen.Bool.Array[0, 60].Sample(steps =>
    {
        // The likelihood ratio itself, clamped at its bounds as the walk is.
        var (likelihood, isScanner) = (0.0, false);
        var walk = default(ThresholdWalk);
        foreach (var succeeded in steps)
        {
            walk.Step(succeeded);
            likelihood = Math.Clamp(likelihood + (succeeded ? Math.Log(0.2 / 0.8) : Math.Log(0.8 / 0.2)), -4 * Math.Log(4), 4 * Math.Log(4));
            isScanner = likelihood >= Math.Log(0.99 / 0.01) || (isScanner && likelihood > Math.Log(0.01 / 0.99));
            if (isScanner != walk.IsScanner)
                return false;
        }

        return true;
    });

    private static ContactAttempt Failed(Address destination, int port) => new(Source, destination, port, false, Start);

    private static Address Host(int number) => new(Address.Parse("2001:db8::").Bits + (UInt128)number);
}
