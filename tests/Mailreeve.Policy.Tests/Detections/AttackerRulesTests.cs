using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Detections;

/// <summary>C5: what keeps an address of others from being blocked without a person.</summary>
public sealed class AttackerRulesTests
{
    private static readonly DetectionVerdict Enough = new(TrustLevel.Block, 20, 2, 60);
    private static readonly DetectionTerms Terms = new() { BlocksOthers = true, BlocksAtMost = 2 };
    private static readonly AttackerFacts Facts = new(new BlockFacts([Prefix.Parse("203.0.113.9")], null, 0), null, 0);

    [Fact]
    public void Nothing_does_when_enough_was_seen_and_nobody_else_is_known_there() => Assert.Null(WhyNot(Enough, Facts));

    [Fact]
    public void Too_little_was_seen() =>
        Assert.Equal("Too little for a block without a person.", WhyNot(Enough with { Level = TrustLevel.Notice }, Facts));

    [Fact]
    public void More_sites_of_others_are_there_than_the_policy_lets_a_block_hit()
    {
        var most = (int)ShippedPolicy.Policy.Terms.BlockSitesAtMost.Value;
        Assert.Null(WhyNot(Enough, WithSites(most)));
        Assert.StartsWith($"Not without a person. It would also hit {most + 1} sites of others", WhyNot(Enough, WithSites(most + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_never_blocked_nobodys_blocked_already_or_one_too_many()
    {
        var never = Facts.Block with { NeverBlock = new NeverBlockEntry(Prefix.Parse("203.0.113.0/28"), "our upstream") };
        Assert.Equal("203.0.113.0/28 is on the never-block list: our upstream.", WhyNot(Enough, Facts with { Block = never }));
        Assert.Equal("Nobody's address on the Internet.", WhyNot(Enough, Facts with { Block = Facts.Block with { Prefixes = [Prefix.Parse("10.1.2.3")] } }));
        Assert.Equal("Blocked already, block 7.", WhyNot(Enough, Facts with { Standing = new BlockId(7) }));
        Assert.Equal("Not blocked: 2 such blocks are in force.", WhyNot(Enough, Facts with { InForce = 2 }));
    }

    [Fact]
    public void It_was_not_asked_for() => Assert.Equal(
        "It would be blocked; detection.block-others is not set.", AttackerRules.WhyNot(ShippedPolicy.Policy, new DetectionTerms(), Enough, Facts));

    private static string? WhyNot(DetectionVerdict seen, AttackerFacts facts) => AttackerRules.WhyNot(ShippedPolicy.Policy, Terms, seen, facts);

    private static AttackerFacts WithSites(int count) =>
        Facts with { Block = Facts.Block with { OtherSites = [.. Enumerable.Range(1, count).Select(i => $"site{i}.example")] } };
}
