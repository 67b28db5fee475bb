using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class BlockRulesTests
{
    [Theory]
    [InlineData(OperatorRole.Postmaster, "203.0.113.66", 0, true)]
    [InlineData(OperatorRole.AbuseDesk, "203.0.113.0/24", 0, true)]
    [InlineData(OperatorRole.AbuseDesk, "203.0.113.66", 2, false)]
    [InlineData(OperatorRole.AbuseDesk, "203.0.0.0/9", 0, false)]
    [InlineData(OperatorRole.Admin, "203.0.113.66", 2, true)]
    [InlineData(OperatorRole.Admin, "203.0.0.0/9", 0, true)]
    [InlineData(OperatorRole.Admin, "0.0.0.0/0", 0, false)]
    [InlineData(OperatorRole.Admin, "::/0", 0, false)]
    [InlineData(OperatorRole.Billing, "203.0.113.66", 0, false)]
    public void What_a_person_may_block_depends_on_their_role(OperatorRole role, string prefix, long others, bool allowed)
    {
        var target = new Prefix(Address.Parse(prefix.Split('/')[0]), LengthOf(prefix));

        var verdict = BlockRules.DecideFor(role, ShippedPolicy.Policy, new BlockFacts([target], null, others));

        Assert.Equal(allowed, verdict is BlockVerdict.Allowed);
        Assert.IsNotType<BlockVerdict.AskFirst>(verdict);
    }

    [Fact]
    public void Nobody_blocks_what_is_never_blocked()
    {
        var facts = new BlockFacts([Some.Prefix], new NeverBlockEntry(Prefix.Single(Some.Address), "our name server"), 0);

        var verdict = Assert.IsType<BlockVerdict.Never>(BlockRules.DecideFor(OperatorRole.Admin, ShippedPolicy.Policy, facts));
        Assert.Contains("our name server", verdict.Why, StringComparison.Ordinal);
    }

    private static int LengthOf(string prefix) =>
        !prefix.Contains('/', StringComparison.Ordinal) ? 128
        : int.Parse(prefix.Split('/')[1]) + (prefix.Contains(':', StringComparison.Ordinal) ? 0 : 96);
}
