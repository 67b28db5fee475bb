using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class BlockRulesTests
{
    [Theory]
    [InlineData(OperatorRole.Postmaster, "203.0.113.66", 0, 3, "Allowed")]
    [InlineData(OperatorRole.AbuseDesk, "203.0.113.0/24", 0, 0, "Allowed")]
    [InlineData(OperatorRole.AbuseDesk, "203.0.113.66", 2, 0, "Never")]
    [InlineData(OperatorRole.AbuseDesk, "203.0.113.66", 0, 4, "Never")]
    [InlineData(OperatorRole.AbuseDesk, "10.0.0.0/9", 0, 0, "Never")]
    [InlineData(OperatorRole.Admin, "203.0.113.66", 0, 4, "Allowed")]
    [InlineData(OperatorRole.Admin, "198.18.112.0/22", 0, 0, "Allowed")]
    [InlineData(OperatorRole.Admin, "198.18.112.0/21", 0, 0, "FourEyes")]
    [InlineData(OperatorRole.Admin, "203.0.113.66", 2, 0, "FourEyes")]
    [InlineData(OperatorRole.Admin, "10.0.0.0/9", 0, 0, "FourEyes")]
    [InlineData(OperatorRole.Admin, "2001:db8::/64", 0, 0, "Allowed")]
    [InlineData(OperatorRole.Admin, "2001:db8::/48", 0, 0, "FourEyes")]
    [InlineData(OperatorRole.Admin, "0.0.0.0/0", 0, 0, "Never")]
    [InlineData(OperatorRole.Admin, "::/0", 0, 0, "Never")]
    [InlineData(OperatorRole.Billing, "203.0.113.66", 0, 0, "Never")]
    public void What_a_person_may_block_depends_on_their_role_and_on_what_it_hits(OperatorRole role, string prefix, long others, int sites, string expected)
    {
        var target = new Prefix(Address.Parse(prefix.Split('/')[0]), LengthOf(prefix));

        var verdict = BlockRules.DecideFor(role, ShippedPolicy.Policy, new BlockFacts([target], null, others) { OtherSites = Sites(sites) });

        Assert.Equal(expected, verdict.GetType().Name);
    }

    [Fact]
    public void D5_A_block_by_itself_asks_a_person_when_it_would_hit_more_sites_of_others_than_the_policy_lets_it()
    {
        var most = (int)ShippedPolicy.Policy.Terms.BlockSitesAtMost.Value;
        var facts = new BlockFacts([Prefix.Single(Some.Address)], null, 0);

        Assert.IsType<BlockVerdict.Allowed>(BlockRules.Decide(ShippedPolicy.Policy, facts with { OtherSites = Sites(most) }));
        var asked = Assert.IsType<BlockVerdict.AskFirst>(BlockRules.Decide(ShippedPolicy.Policy, facts with { OtherSites = Sites(most + 1) }));
        // The customer of a case reads it.
        Assert.DoesNotContain(".example", asked.Why, StringComparison.Ordinal);
    }

    private static string[] Sites(int count) => [.. Enumerable.Range(1, count).Select(n => $"site-{n}.example")];

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
