using Mailreeve.Policy.Mailboxes;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Mailboxes;

/// <summary>Clause C9: warnings before a mailbox is full.</summary>
public class FillRulesTests
{
    private static readonly PolicyTerms Terms = ShippedPolicy.Policy.Terms;
    private static readonly ClauseId C9 = new("C9");

    [Theory]
    [InlineData(79, 0, 0)]
    [InlineData(80, 0, 80)]
    [InlineData(85, 80, 0)]
    [InlineData(90, 80, 90)]
    [InlineData(99, 90, 0)]
    [InlineData(100, 90, 100)]
    [InlineData(130, 100, 0)]
    [InlineData(100, 0, 100)] // one large message: one warning, the one that matters
    public void The_user_is_told_once_at_each_level(long percent, long warned, long told)
    {
        var verdict = FillRules.Decide(Terms, percent * 250_000, 25_000_000, warned);

        Assert.Equal(told == 0 ? new FillVerdict.Nothing() : new FillVerdict.Warn(told, C9), verdict);
    }

    [Theory]
    [InlineData(78, 80, -1)] // hovers around the level: no second letter
    [InlineData(74, 80, 0)]
    [InlineData(83, 90, 80)]
    [InlineData(20, 100, 0)]
    [InlineData(97, 100, -1)]
    public void A_warning_can_come_again_when_there_was_room_in_between(long percent, long warned, long left)
    {
        var verdict = FillRules.Decide(Terms, percent * 250_000, 25_000_000, warned);

        Assert.Equal(left < 0 ? new FillVerdict.Nothing() : new FillVerdict.Forget(left), verdict);
    }

    [Fact]
    public void It_is_full_only_when_nothing_more_fits() =>
        Assert.Equal((99, 100), (FillRules.PercentOf(24_999_999, 25_000_000), FillRules.PercentOf(25_000_000, 25_000_000)));
}
