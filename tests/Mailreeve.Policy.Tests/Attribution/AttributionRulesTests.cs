using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Attribution;

/// <summary>Corners that no report of the intake's table reaches.</summary>
public sealed class AttributionRulesTests
{
    private static readonly CustomerId Alder = new(1);
    private static readonly CustomerId Birch = new(2);
    private static readonly CustomerId Cedar = new(3);
    private static readonly Instant At = Some.Time;
    private static readonly Interval Moment = new(At, At);
    private static readonly Interval Day = new(At - Duration.FromHours(12), At + Duration.FromHours(12));
    private static readonly Resource Host = new(ResourceKind.Domain, "shop.elsewhere.example");

    [Fact]
    public void An_address_that_two_have_at_once_is_ambiguous_unless_one_has_it_from_the_other()
    {
        Assert.IsType<AttributionVerdict.Ambiguous>(Decide(Moment, Of(Alder), Of(Cedar)));
        Assert.Equal(Birch, Certain(Decide(Moment, Of(Birch, [Birch, Alder]), Of(Alder))).Customer);
        // The narrower one has it from nobody, and is still the narrower one.
        Assert.Equal(Cedar, Certain(Decide(Moment, Of(Cedar) with { Assignment = Of(Cedar).Assignment with { Prefix = Prefix.Parse("192.0.2.7") } }, Of(Alder))).Customer);
    }

    [Fact]
    public void Who_is_above_all_that_had_it_within_the_window_answers_for_it()
    {
        var since = Of(Birch, [Birch, Alder], from: At);

        Assert.Equal(Alder, Bounded(Decide(Day, since, Of(Alder))).Customer);
        Assert.IsType<AttributionVerdict.Ambiguous>(Decide(Day, since, Of(Cedar)));
        Assert.Equal(Birch, Bounded(Decide(Day, since)).Customer);
    }

    [Fact]
    public void A_block_is_held_against_who_is_above_all_that_have_a_part_of_it_and_of_several_against_none()
    {
        Assert.Equal(Alder, Certain(DecideBlock(Of(Alder))).Customer);
        Assert.Equal(Alder, Certain(DecideBlock(Of(Birch, [Birch, Alder]), Of(Alder))).Customer);
        Assert.Equal([Birch, Cedar], Assert.IsType<AttributionVerdict.Ambiguous>(DecideBlock(Of(Birch), Of(Cedar))).Customers);
        // Who came later had no part in it.
        Assert.Equal(Birch, Certain(DecideBlock(Of(Birch), Of(Cedar, from: At + Duration.FromDays(1)))).Customer);
        Assert.IsType<AttributionVerdict.Unassigned>(DecideBlock());
    }

    [Fact]
    public void The_log_needs_more_than_an_id()
    {
        LogClues clues = new() { HasQueueId = true, SameMessageId = null, SameAuthor = null, SameClient = null, SameTime = null, SameBody = null };

        Assert.Equal(LogMatch.Contradicted, LogRules.Decide(clues));
        Assert.Equal(LogMatch.Contradicted, LogRules.Decide(clues with { SameTime = true }));
        Assert.Equal(LogMatch.Fits, LogRules.Decide(clues with { SameTime = true, SameClient = true }));
        Assert.Equal(LogMatch.Fits, LogRules.Decide(clues with { SameTime = true, SameAuthor = true }));
        Assert.Equal(LogMatch.Proven, LogRules.Decide(clues with { SameBody = true }));
        Assert.Equal(LogMatch.Contradicted, LogRules.Decide(clues with { SameBody = true, SameAuthor = false }));
        Assert.Equal(LogMatch.Contradicted, LogRules.Decide(clues with { SameBody = true, SameMessageId = false }));
        Assert.Null(LogRules.Decide(clues with { HasQueueId = false, SameBody = true }));
        Assert.Null(LogRules.Decide(clues with { HasQueueId = false, SameMessageId = false, SameBody = true }));
        Assert.Equal(LogMatch.Proven, LogRules.Decide(clues with { HasQueueId = false, SameMessageId = true, SameBody = true }));
    }

    [Theory]
    [InlineData(-1, 1, "certain")]
    [InlineData(-30, -20, "bounded")]
    [InlineData(20, 30, "bounded")]
    [InlineData(60, 70, "ambiguous")]
    [InlineData(-70, -60, "not-ours")]
    public void A_host_led_where_an_answer_said_so_not_long_before_or_after(int firstHours, int lastHours, string expected)
    {
        var here = new HostAddress(Some.Address, At + Duration.FromHours(firstHours), At + Duration.FromHours(lastHours), [Of(Alder)], IsOurs: true);

        Assert.Equal(expected, VerdictOf(Asked([here], lastHours > 0 ? lastHours : 100)));
    }

    [Fact]
    public void A_host_that_came_here_between_two_answers_is_ambiguous()
    {
        HostAddress before = new(Some.OtherAddress, At - Duration.FromHours(5), At - Duration.FromHours(2), [], IsOurs: false);
        HostAddress after = new(Some.Address, At + Duration.FromHours(2), At + Duration.FromHours(5), [Of(Alder)], IsOurs: true);

        Assert.Equal("ambiguous", VerdictOf(Asked([before, after], 5)));
        Assert.Equal("not-ours", VerdictOf(Asked([before], 5)));
        Assert.Equal("not-ours", VerdictOf(Asked([], null)));
    }

    private static AttributionVerdict DecideBlock(params Candidate[] parts) =>
        AttributionRules.Decide(new AttributionFacts
        {
            Window = Moment,
            Resources = [new ResourceFacts(new Resource(ResourceKind.Address, "192.0.2.0"), [], IsOurs: true) { Parts = parts }],
        }).Verdict;

    private static HostFacts Asked(IReadOnlyList<HostAddress> answers, int? hours) => new(answers, hours is { } h ? At + Duration.FromHours(h) : null);

    private static string VerdictOf(HostFacts host)
    {
        var found = AttributionRules.Decide(new AttributionFacts { Window = Moment, Resources = [new ResourceFacts(Host, [], IsOurs: false) { Host = host }] });
        Assert.Equal(found.Holder is null ? AttributionBasis.None : AttributionBasis.UrlAddress, found.Basis);
        return found.Verdict switch
        {
            AttributionVerdict.Certain => "certain",
            AttributionVerdict.Bounded => "bounded",
            AttributionVerdict.Ambiguous => "ambiguous",
            _ => "not-ours",
        };
    }

    private static AttributionVerdict Decide(Interval window, params Candidate[] candidates) =>
        AttributionRules.DecideAssignment(candidates, window, isOurs: true);

    private static Holder Certain(AttributionVerdict verdict) => Assert.IsType<AttributionVerdict.Certain>(verdict).Holder;

    private static Holder Bounded(AttributionVerdict verdict) => Assert.IsType<AttributionVerdict.Bounded>(verdict).Holder;

    private static Candidate Of(CustomerId customer, IReadOnlyList<CustomerId>? chain = null, Instant? from = null) =>
        new(Some.Assignment with { Id = customer.Value, Customer = customer, ValidFrom = from ?? At - Duration.FromDays(100) }, chain ?? [customer]);
}
