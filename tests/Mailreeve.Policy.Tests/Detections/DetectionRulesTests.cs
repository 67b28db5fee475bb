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

    [Fact]
    public void Where_there_is_no_case_one_is_opened() => Assert.Equal(DetectionStep.Open, Step(null, TrustLevel.Nothing));

    [Theory]
    [InlineData(CasePhase.Notifying, TrustLevel.Notice, false, DetectionStep.Tell)]
    [InlineData(CasePhase.Notifying, TrustLevel.Notice, true, DetectionStep.Keep)]
    [InlineData(CasePhase.AwaitingAnswer, TrustLevel.Block, true, DetectionStep.Tell)]
    [InlineData(CasePhase.InReview, TrustLevel.Notice, true, DetectionStep.Reopen)]
    [InlineData(CasePhase.InReview, TrustLevel.Nothing, false, DetectionStep.Tell)]
    [InlineData(CasePhase.InReview, TrustLevel.Nothing, true, DetectionStep.Keep)]
    [InlineData(CasePhase.Closed, TrustLevel.Notice, true, DetectionStep.Reopen)]
    [InlineData(CasePhase.Closed, TrustLevel.Nothing, true, DetectionStep.AskToReopen)]
    public void What_goes_on_after_the_answer_opens_a_case_again_when_it_is_clear_and_is_asked_about_when_it_is_not(
        CasePhase phase, TrustLevel level, bool isSaid, DetectionStep step) =>
        Assert.Equal(step, Step(Answered(phase), level, isSaid));

    [Fact]
    public void What_began_before_the_answer_or_comes_after_the_term_opens_nothing_again()
    {
        var closed = Answered(CasePhase.Closed);

        Assert.Equal(DetectionStep.Keep, Step(closed with { AnsweredAt = Now }, TrustLevel.Block));
        Assert.Equal(DetectionStep.Keep, Step(closed with { ClosedAt = Now - ShippedPolicy.Policy.Terms.ReopenWithin.Value }, TrustLevel.Block));
        Assert.Equal(DetectionStep.Keep, Step(closed with { Disposition = CaseDisposition.Unfounded }, TrustLevel.Block));
    }

    [Fact]
    public void A_case_that_sensors_open_again_rests_on_what_they_saw_since()
    {
        var again = Answered(CasePhase.Closed).Apply(new CaseEvent.ReopenedByDetections(Now), Now);
        Assert.Equal((CasePhase.Notifying, TrustLevel.Nothing, 1L, 0L), (again.Phase, again.Trust, again.Reopenings, again.ComplaintsSinceAnswer));

        var seen = again.Apply(new CaseEvent.Detected(TrustLevel.Notice, 10, "") { WentOn = true }, Now).Apply(new CaseEvent.Detected(TrustLevel.Notice, 10, "") { WentOn = true }, Now);
        Assert.Equal((TrustLevel.Notice, 1L), (seen.Trust, seen.ComplaintsSinceAnswer));
    }

    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 6);

    private static DetectionStep Step(AbuseCase? known, TrustLevel level, bool isSaid = false) =>
        DetectionRules.StepOn(ShippedPolicy.Policy, known, new DetectionVerdict(level, 0, 1, 4), Now - Duration.FromMinutes(6), isSaid, Now);

    // Two sensors had seen it; answered an hour ago.
    private static AbuseCase Answered(CasePhase phase) => new()
    {
        Id = new CaseId(1),
        Version = 9,
        Kind = CaseKind.NetworkAbuse,
        Phase = phase,
        Trust = phase == CasePhase.AwaitingAnswer ? TrustLevel.Notice : TrustLevel.Block,
        IsTold = true,
        Answers = 1,
        AnsweredAt = Now - Duration.FromHours(1),
        ClosedAt = phase == CasePhase.Closed ? Now - Duration.FromMinutes(30) : null,
        Disposition = phase == CasePhase.Closed ? CaseDisposition.Resolved : null,
    };

    private static DetectionVerdict Judge(params Detection[] seen) => DetectionRules.Judge(ShippedPolicy.Policy.Terms.Trust, 4, seen);

    private static (TrustLevel Level, long Points, long Sensors) Of(DetectionVerdict verdict) => (verdict.Level, verdict.Points, verdict.Sensors);

    private static Detection Seen(string sensor, long targets, bool isTwoWay) => new()
    {
        Sensor = sensor, Type = DetectionTypes.PortScan, Targets = targets, IsTwoWay = isTwoWay, FirstAt = Instant.FromUtc(2026, 3, 2, 10, 0), LastAt = Instant.FromUtc(2026, 3, 2, 10, 5),
    };
}
