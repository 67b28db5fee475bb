using Mailreeve.Policy.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Mailboxes;

/// <summary>Clause C9: a mailbox that nobody uses is kept for sixty days.</summary>
public class InactivityRulesTests
{
    private static readonly PolicyTerms Terms = ShippedPolicy.Policy.Terms;
    private static readonly ClauseId C9 = new("C9");

    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    public void Nothing_is_due_before_the_first_date(int days) => Assert.Equal(new InactivityVerdict.Nothing(), After(days));

    [Fact]
    public void It_is_warned_of_at_two_dates_and_then_closed()
    {
        var closesAt = Some.Time + Duration.FromDays(60);

        Assert.Equal(new InactivityVerdict.WarnFirst(closesAt, C9), After(46));
        Assert.Equal(new InactivityVerdict.Nothing(), After(56, warnings: 1, warnedAfter: 46));
        Assert.Equal(new InactivityVerdict.WarnLast(closesAt, C9), After(57, warnings: 1, warnedAfter: 46));
        Assert.Equal(new InactivityVerdict.Nothing(), After(59, warnings: 2, warnedAfter: 57));
        Assert.Equal(new InactivityVerdict.Close(C9), After(60, warnings: 2, warnedAfter: 57));
    }

    [Fact]
    public void It_is_not_closed_without_the_time_that_the_last_warning_gives()
    {
        // The program did not run for sixty days.
        Assert.Equal(new InactivityVerdict.WarnLast(Some.Time + Duration.FromDays(63), C9), After(60));
        Assert.Equal(new InactivityVerdict.Nothing(), After(62, warnings: 2, warnedAfter: 60));
        Assert.Equal(new InactivityVerdict.Close(C9), After(63, warnings: 2, warnedAfter: 60));
    }

    [Theory]
    [InlineData(MailboxState.Suspended)]
    [InlineData(MailboxState.Inactive)]
    [InlineData(MailboxState.Ended)]
    public void Only_a_mailbox_that_can_be_used_can_be_unused(MailboxState state) =>
        Assert.Equal(new InactivityVerdict.Nothing(), After(90, warnings: 2, warnedAfter: 57, state));

    private static InactivityVerdict After(int days, long warnings = 0, int warnedAfter = 0, MailboxState state = MailboxState.Active) =>
        InactivityRules.Decide(
            Terms, new InactivityFacts(state, Some.Time, warnings, Some.Time + Duration.FromDays(warnedAfter)), Some.Time + Duration.FromDays(days));
}
