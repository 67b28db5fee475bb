using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class ProposalRulesTests
{
    private static readonly Actor Olga = Actor.Operator("olga");
    private static readonly Actor Otto = Actor.Operator("otto");

    private static readonly Proposal Waiting = new()
    {
        ProposedBy = Olga,
        ProposedAt = Some.Time,
        ExpiresAt = Some.Time + ProposalRules.WaitsAtMost,
        State = ProposalState.Waiting,
    };

    [Fact]
    public void Another_operator_decides_and_never_the_same_one()
    {
        Assert.Null(ProposalRules.ProblemOf(Waiting, OperatorRole.AbuseDesk, Otto, Some.Time));
        Assert.Contains("another operator", ProposalRules.ProblemOf(Waiting, OperatorRole.Admin, Olga, Some.Time), StringComparison.Ordinal);
        Assert.Contains("role", ProposalRules.ProblemOf(Waiting, OperatorRole.Billing, Otto, Some.Time), StringComparison.Ordinal);
    }

    [Fact]
    public void After_24_hours_nobody_can_say_yes()
    {
        Assert.Null(ProposalRules.ProblemOf(Waiting, OperatorRole.Admin, Otto, Some.Time + Duration.FromHours(24) - Duration.Epsilon));
        Assert.Contains("24 hours", ProposalRules.ProblemOf(Waiting, OperatorRole.Admin, Otto, Some.Time + Duration.FromHours(24)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProposalState.Confirmed)]
    [InlineData(ProposalState.Declined)]
    [InlineData(ProposalState.Expired)]
    public void What_is_over_is_not_decided_again(ProposalState state) =>
        Assert.NotNull(ProposalRules.ProblemOf(Waiting with { State = state }, OperatorRole.Admin, Otto, Some.Time));

    private sealed record Proposal : BlockProposal;
}
