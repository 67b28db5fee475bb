using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Feeds;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Tests.Blocks;

public class ThirdPartyRulesTests
{
    private static readonly Prefix[] Own = [Prefix.Parse("192.0.2.0/24")];
    private static readonly NeverBlockEntry[] Never = [new(Prefix.Parse("203.0.113.53"), "our upstream's name server")];

    [Fact]
    public void What_is_private_or_ours_or_never_blocked_is_left_out()
    {
        var taken = Assert.IsType<FeedVerdict.Taken>(Decide(Reading("198.51.100.0/24", "10.0.0.0/8", "192.0.2.7", "203.0.113.0/24", "2001:db8::/32", "fe80::1")));

        Assert.Equal([Prefix.Parse("198.51.100.0/24"), Prefix.Parse("2001:db8::/32")], taken.Prefixes);
        Assert.Equal(4, taken.LeftOut);
    }

    [Theory]
    [InlineData(10, 5, true)]
    [InlineData(11, 5, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, true)]
    public void One_that_has_become_much_smaller_waits_for_a_person(int before, int now, bool isTaken)
    {
        var reading = Reading([.. Enumerable.Range(0, now).Select(i => $"198.51.100.{i}")]);

        Assert.Equal(isTaken, Decide(reading, before) is FeedVerdict.Taken);
        Assert.IsType<FeedVerdict.Taken>(Decide(reading, before, acceptsShrunken: true));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("0.0.0.0/0")]
    [InlineData("64.0.0.0/7")]
    [InlineData("fc00::/7")]
    [InlineData("private")]
    [InlineData("malformed")]
    [InlineData("cut")]
    public void What_cannot_be_meant_is_not_taken_whoever_says_so(string what)
    {
        var reading = what switch
        {
            "empty" => Reading(),
            "private" => Reading("10.1.0.0/16"),
            "malformed" => Reading([.. Enumerable.Range(0, 98).Select(i => $"198.51.100.{i}")]) with { Malformed = 2 },
            "cut" => Reading("198.51.100.7") with { Problem = "It was cut off." },
            _ => Reading("198.51.100.7", what),
        };

        Assert.IsType<FeedVerdict.Refused>(Decide(reading, acceptsShrunken: true));
    }

    [Theory]
    [InlineData("198.51.100.0/24", true)]
    [InlineData("192.0.0.0/16", false)]
    [InlineData("10.1.2.3", false)]
    public void An_entry_of_our_own_is_about_others(string prefix, bool isGood) =>
        Assert.Equal(isGood, ThirdPartyRules.ProblemOf(Prefix.Parse(prefix), Own) is null);

    private static FeedVerdict Decide(FeedReading reading, int before = 0, bool acceptsShrunken = false) =>
        ThirdPartyRules.Decide(reading, before, new FeedLimits(), Own, Never, acceptsShrunken);

    private static FeedReading Reading(params string[] prefixes) => new([.. prefixes.Select(Prefix.Parse)], 0, null);
}
