using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Detections;

/// <summary>C5: what detections may lead to without a person.</summary>
public sealed class DetectionRulesTests
{
    [Fact]
    public void One_sensor_never_blocks_however_much_it_saw() =>
        Assert.Equal(TrustLevel.Notice, Judge(Seen("suricata", 1_000_000, true), Seen("suricata", 5, true)).Level);

    [Fact]
    public void Two_that_saw_connections_do() =>
        Assert.Equal((TrustLevel.Block, 20L, 2L), Of(Judge(Seen("suricata", 4, true), Seen("fail2ban", 5, true))));

    [Fact]
    public void Single_packets_count_half_whoever_saw_them()
    {
        Assert.Equal((TrustLevel.Nothing, 5L, 1L), Of(Judge(Seen("flows", 500, false))));
        Assert.Equal((TrustLevel.Notice, 10L, 2L), Of(Judge(Seen("flows", 500, false), Seen("suricata", 500, false))));
        Assert.Equal((TrustLevel.Notice, 15L, 2L), Of(Judge(Seen("flows", 500, false), Seen("fail2ban", 5, true))));
        Assert.Equal((TrustLevel.Block, 25L, 3L), Of(Judge(Seen("flows", 500, false), Seen("fail2ban", 5, true), Seen("suricata", 4, true))));
    }

    [Fact]
    public void Who_saw_little_does_not_count_until_it_has_seen_enough()
    {
        Assert.Equal((TrustLevel.Nothing, 0L, 0L), Of(Judge(Seen("suricata", 3, true))));
        Assert.Equal((TrustLevel.Notice, 10L, 1L), Of(Judge(Seen("suricata", 3, true), Seen("suricata", 1, false))));
    }

    [Fact]
    public void The_type_is_that_of_what_is_proved_best() =>
        Assert.Equal(DetectionTypes.LoginAttack, DetectionRules.TypeOf([Seen("flows", 500, false), Seen("fail2ban", 5, true) with { Type = DetectionTypes.LoginAttack }]));

    [Fact]
    public void Each_type_opens_a_case_of_the_shipped_policy()
    {
        var types = ShippedPolicy.Policy.LadderOf(CaseKind.NetworkAbuse).Types;
        Assert.All(DetectionTypes.ByName.Values, t => Assert.Contains(t, types));
    }

    private static DetectionVerdict Judge(params Detection[] seen) => DetectionRules.Judge(ShippedPolicy.Policy.Terms.Trust, 4, seen);

    private static (TrustLevel Level, long Points, long Sensors) Of(DetectionVerdict verdict) => (verdict.Level, verdict.Points, verdict.Sensors);

    private static Detection Seen(string sensor, long targets, bool isTwoWay) => new()
    {
        Sensor = sensor, Type = DetectionTypes.PortScan, Targets = targets, IsTwoWay = isTwoWay, FirstAt = Instant.FromUtc(2026, 3, 2, 10, 0), LastAt = Instant.FromUtc(2026, 3, 2, 10, 5),
    };
}
