using Mailreeve.Policy.Cases;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Cases;

public sealed class AbuseCaseTests
{
    private static readonly Instant Due = Some.Time + Duration.FromHours(24);

    private static AbuseCase Notified => After(
        new CaseEvent.Opened(new CustomerId(1), null, CaseKind.Spam, new Resource(ResourceKind.Address, "192.0.2.7"), "messaging/spam"),
        new CaseEvent.NoticeWritten("notify", "complaint", StartsClock: true),
        new CaseEvent.NoticeAccepted("notify", new NoticeId(1), Some.Time, Due));

    [Fact]
    public void A_closed_case_stays_closed_whatever_is_said_about_it_later()
    {
        var closed = Then(Notified, new CaseEvent.DecisionAsked(new DecisionId(1), "block", ""), new CaseEvent.Closed(CaseDisposition.Unfounded, ""));

        var after = Then(
            closed,
            new CaseEvent.Answered(new ResponseId(1)),
            new CaseEvent.AnswerRefused(new ResponseId(1), "", Due),
            new CaseEvent.AnswerAccepted(new ResponseId(1), ""),
            new CaseEvent.DeadlineExtended(Due, ""),
            new CaseEvent.NoticeReturned("notify", new NoticeId(1), "", StartsClock: true),
            new CaseEvent.NoticeAccepted("notify", new NoticeId(2), Some.Time, Due),
            new CaseEvent.NoticeUndeliverable("unfounded", ""),
            new CaseEvent.Closed(CaseDisposition.Resolved, ""));

        Assert.Equal(closed with { Version = after.Version }, after);
        Assert.Equal((CasePhase.Closed, CaseDisposition.Unfounded, null), (after.Phase, after.Disposition, after.Due));
        Assert.Empty(after.OpenDecisions);
    }

    [Fact]
    public void A_notice_that_comes_back_stops_the_clock_only_if_the_clock_began_with_it_and_nobody_has_heard()
    {
        var bounce = new CaseEvent.NoticeReturned("notify", new NoticeId(1), "", StartsClock: true);

        Assert.Equal((CasePhase.Notifying, null), PhaseAndDue(Then(Notified, bounce)));
        Assert.Equal((CasePhase.AwaitingAnswer, Due), PhaseAndDue(Then(Notified, bounce with { StartsClock = false })));
        Assert.Equal((CasePhase.AwaitingAnswer, Due), PhaseAndDue(Then(Notified, new CaseEvent.BlockPlaced(new BlockId(1), "", "block", Due), bounce)));
        Assert.Equal((CasePhase.AwaitingAnswer, Due), PhaseAndDue(Then(
            Notified, new CaseEvent.Answered(new ResponseId(1)), new CaseEvent.AnswerRefused(new ResponseId(1), "", Due), bounce)));
    }

    [Fact]
    public void A_clock_that_had_run_out_before_the_notice_came_back_is_another_round()
    {
        var bounce = new CaseEvent.NoticeReturned("notify", new NoticeId(1), "", StartsClock: true);

        Assert.Equal(0, Then(Notified, bounce).Round);
        Assert.Equal(1, Then(Notified, new CaseEvent.DeadlinePassed(), bounce).Round);
    }

    private static (CasePhase, Instant?) PhaseAndDue(AbuseCase open) => (open.Phase, open.Due);

    private static AbuseCase After(params CaseEvent[] events) => Then(new AbuseCase { Id = new CaseId(1) }, events);

    private static AbuseCase Then(AbuseCase open, params CaseEvent[] events) => events.Aggregate(open, (o, e) => o.Apply(e, Some.Time));
}
