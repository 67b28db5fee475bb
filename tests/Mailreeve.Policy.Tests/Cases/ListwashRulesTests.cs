using Mailreeve.Policy.Cases;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Cases;

public sealed class ListwashRulesTests
{
    private static readonly Instant Answered = Some.Time;
    private static readonly Instant Before = Answered - Duration.FromHours(1);
    private static readonly Instant After = Answered + Duration.FromHours(1);

    [Fact]
    public void It_shows_when_others_complain_after_the_answer_and_the_first_ones_do_not()
    {
        Assert.NotNull(ListwashRules.ByComplaints(Answered, [new("a", Before), new("b", After)]));
        Assert.NotNull(ListwashRules.ByComplaints(Answered, [new("a", Before), new("a", Before), new("b", Answered), new("c", After)]));

        Assert.Null(ListwashRules.ByComplaints(Answered, [new("a", Before), new("b", After), new("a", After)]));
        Assert.Null(ListwashRules.ByComplaints(Answered, [new("a", Before), new("b", Before)]));
        Assert.Null(ListwashRules.ByComplaints(Answered, [new("b", After)]));
        Assert.Null(ListwashRules.ByComplaints(Answered, []));
    }

    [Fact]
    public void It_shows_when_the_same_text_goes_out_again_without_those_who_complained()
    {
        Assert.NotNull(ListwashRules.ByLog(Answered, 1, [new(After, 500, 0)]));
        Assert.Contains("not kept any more", ListwashRules.ByLog(Answered, 1, [new(After, 500, null)]), StringComparison.Ordinal);

        Assert.Null(ListwashRules.ByLog(Answered, 1, [new(After, 500, 0), new(After, 500, 1)]));
        Assert.Null(ListwashRules.ByLog(Answered, 1, [new(Before, 500, 0)]));
        Assert.Null(ListwashRules.ByLog(Answered, 0, [new(After, 500, 0)]));
        Assert.Null(ListwashRules.ByLog(Answered, 1, []));
    }
}
