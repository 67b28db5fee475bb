using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Cases;

public class SuspensionTests
{
    private static readonly AbusePolicy Policy = ShippedPolicy.Policy;

    private static readonly SuspensionTarget Mailbox = new SuspensionTarget.OfMailbox(new MailboxId(3), Some.Customer.Id, "info@shop.example");

    private static readonly AbuseCase Case = Some.Case with { Kind = CaseKind.SupportService, Resource = new Resource(ResourceKind.Mailbox, "info@shop.example") };

    [Fact]
    public void C6_a_yes_suspends_what_is_meant_until_the_block_ends()
    {
        var measures = CaseRules.Confirmed(Policy, Case, "suspend#0", new CaseFacts { Suspension = Mailbox }, Some.Time);

        var suspend = Assert.IsType<Measure.Suspend>(measures[0]);
        Assert.Equal((Mailbox, new ClauseId("C6"), Some.Time + Policy.Terms.BlockAtMost.Value), (suspend.Target, suspend.Clause, suspend.ExpiresAt));
        Assert.Null(CaseRules.Forbidden(Policy, Case, "suspend#0", new CaseFacts { Suspension = Mailbox }, Some.Time));
    }

    [Fact]
    public void C6_a_yes_to_nothing_certain_is_not_followed_but_asked_for()
    {
        Assert.Empty(CaseRules.Confirmed(Policy, Case, "suspend#0", new CaseFacts(), Some.Time));
        Assert.Contains("Choose the mailbox or the service", CaseRules.Forbidden(Policy, Case, "suspend#0", new CaseFacts(), Some.Time), StringComparison.Ordinal);
        Assert.Null(CaseRules.Forbidden(Policy, Case, "notify", new CaseFacts(), Some.Time));
    }

    [Fact]
    public void The_block_of_a_suspension_is_one_of_the_cases()
    {
        var suspended = Case.Apply(new CaseEvent.ServiceSuspended(new BlockId(12), $"{Mailbox}", "suspend#0", Some.Time), Some.Time);

        Assert.Equal([12L], suspended.Blocks);
        Assert.Contains("suspend#0", suspended.StepsTaken);
        Assert.Empty(suspended.Apply(new CaseEvent.BlockEnded(new BlockId(12), Expired: false, ""), Some.Time).Blocks);
        var lifts = CaseRules.Decide(Policy, suspended with { Phase = CasePhase.Resolving }, new CaseFacts(), Some.Time);
        Assert.IsType<Measure.LiftBlocks>(lifts[0]);
    }
}
