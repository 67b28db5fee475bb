using CsCheck;
using Mailreeve.Policy.Trust;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Trust;

public class TrustRulesTests
{
    private static readonly TrustTerms Terms = ShippedPolicy.Policy.Terms.Trust;

    private static readonly ComplaintFacts Proved = new() { Organisation = 7, Age = Duration.FromHours(2) };

    private static readonly Gen<ComplaintFacts> AnyStranger = Gen.Select(
        Gen.Enum<OwnRecord>(), Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[-1, 400],
        (records, isClick, exceeds, isNew, elsewhere, days) => new ComplaintFacts
        {
            Records = records,
            IsFeedback = isClick,
            ExceedsFeedbackRate = exceeds,
            IsEvidenceNew = isNew,
            CameFromElsewhere = elsewhere,
            Age = days < 0 ? null : Duration.FromDays(days),
        });

    private static readonly Gen<ComplaintFacts> Any = Gen.Select(
        AnyStranger, Gen.Int[0, 6], Gen.Enum<ReporterStanding>(), Gen.Int[0, 9], Gen.Int[0, 9], Gen.Bool, Gen.Bool,
        (facts, organisation, standing, valid, invalid, isShared, isForged) => facts with
        {
            Organisation = organisation == 0 ? null : organisation,
            Standing = standing,
            History = new ReporterHistory(valid, invalid),
            IsSharedDomain = isShared,
            IsEasilyForged = isForged,
        });

    [Fact]
    public void No_number_of_complaints_by_strangers_ever_blocks_or_charges_anybody() =>
        AnyStranger.List[0, 200].Sample(complaints => complaints
            .Aggregate(CaseTrust.None, (trust, facts) => TrustRules.Judge(Terms, trust, facts).Trust)
            is { Level: <= TrustLevel.Notice, Witnesses.Count: 0, IsConfirmed: false });

    [Fact]
    public void A_block_needs_two_organisations_that_are_proved_or_our_own_records() =>
        Any.List[0, 30].Sample(complaints =>
        {
            var trust = complaints.Aggregate(CaseTrust.None, (before, facts) => TrustRules.Judge(Terms, before, facts).Trust);
            var proved = complaints.Where(c => c is { Organisation: not null, IsFeedback: false, CameFromElsewhere: false, IsEasilyForged: false }).ToList();
            var organisations = proved.Select(c => c.IsSharedDomain ? TrustRules.SharedDomains : c.Organisation!.Value).Distinct().Count();
            return trust.Level < TrustLevel.Block || organisations >= 2 || proved.Exists(c => c.Records == OwnRecord.Whole);
        });

    [Fact]
    public void A_charge_needs_our_own_records() =>
        Any.List[0, 30].Sample(complaints => complaints
            .Aggregate(CaseTrust.None, (before, facts) => TrustRules.Judge(Terms, before, facts).Trust).Level < TrustLevel.Charge
            || complaints.Exists(c => c is { Records: OwnRecord.Whole, IsFeedback: false, Organisation: not null }));

    [Fact]
    public void Trust_never_falls() =>
        Any.List[0, 30].Sample(complaints =>
        {
            var trust = CaseTrust.None;
            foreach (var facts in complaints)
            {
                var next = TrustRules.Judge(Terms, trust, facts).Trust;
                if (next.Level < trust.Level || !next.Witnesses.IsSupersetOf(trust.Witnesses) || (trust.IsConfirmed && !next.IsConfirmed))
                    return false;
                trust = next;
            }

            return true;
        });

    [Fact]
    public void One_who_is_proved_leads_to_a_notice_and_a_second_one_to_a_block()
    {
        var first = TrustRules.Judge(Terms, CaseTrust.None, Proved);
        var same = TrustRules.Judge(Terms, first.Trust, Proved);
        var second = TrustRules.Judge(Terms, same.Trust, Proved with { Organisation = 8 });

        Assert.Equal((TrustLevel.Notice, 10L), (first.Trust.Level, first.Points));
        Assert.Equal([TrustReason.Authentic], first.Reasons);
        Assert.Equal(TrustLevel.Notice, same.Trust.Level);
        Assert.Equal((TrustLevel.Block, 20L), (second.Trust.Level, second.Points));
        Assert.Equal([TrustReason.IndependentReporters, TrustReason.Authentic], second.Reasons);
    }

    public static TheoryData<ComplaintFacts, TrustLevel, TrustReason> Alone => new()
    {
        { Proved with { Organisation = null }, TrustLevel.Nothing, TrustReason.NotAuthentic },
        { Proved with { Organisation = null, Records = OwnRecord.Whole }, TrustLevel.Notice, TrustReason.OwnRecords },
        { Proved with { Organisation = null, Records = OwnRecord.InPart }, TrustLevel.Nothing, TrustReason.OwnRecordsInPart },
        { Proved with { Standing = ReporterStanding.Ignored, Records = OwnRecord.Whole }, TrustLevel.Nothing, TrustReason.IgnoredReporter },
        { Proved with { History = new ReporterHistory(1, 2) }, TrustLevel.Nothing, TrustReason.BadHistory },
        { Proved with { History = new ReporterHistory(0, 2) }, TrustLevel.Notice, TrustReason.Authentic },
        { Proved with { History = new ReporterHistory(9, 1) }, TrustLevel.Notice, TrustReason.GoodHistory },
        { Proved with { Standing = ReporterStanding.Trusted, History = new ReporterHistory(99, 0) }, TrustLevel.Notice, TrustReason.TrustedReporter },
        { Proved with { Age = Terms.EvidenceFresh.Value }, TrustLevel.Notice, TrustReason.Authentic },
        { Proved with { Age = Terms.EvidenceFresh.Value + Duration.FromMilliseconds(1) }, TrustLevel.Nothing, TrustReason.OldEvidence },
        { Proved with { Age = null, Records = OwnRecord.None }, TrustLevel.Notice, TrustReason.NoTime },
        { Proved with { Records = OwnRecord.Whole }, TrustLevel.Charge, TrustReason.OwnRecords },
        { Proved with { Records = OwnRecord.InPart }, TrustLevel.Notice, TrustReason.OwnRecordsInPart },
        { Proved with { Records = OwnRecord.Whole, CameFromElsewhere = true }, TrustLevel.Notice, TrustReason.OwnRecords },
        { Proved with { IsFeedback = true, Records = OwnRecord.Whole }, TrustLevel.Nothing, TrustReason.FeedbackLoop },
        { Proved with { IsFeedback = true, ExceedsFeedbackRate = true }, TrustLevel.Notice, TrustReason.FeedbackRate },
    };

    [Theory, MemberData(nameof(Alone))]
    public void What_one_complaint_may_lead_to(ComplaintFacts facts, TrustLevel level, TrustReason reason)
    {
        var verdict = TrustRules.Judge(Terms, CaseTrust.None, facts);

        Assert.Equal(level, verdict.Trust.Level);
        Assert.Contains(reason, verdict.Reasons);
    }

    public static TheoryData<ComplaintFacts> NotASecond => new(
        Proved with { Organisation = 8, IsEvidenceNew = false },
        Proved with { Organisation = 8, Age = null },
        Proved with { Organisation = 8, Age = Duration.FromDays(60) },
        Proved with { Organisation = 8, CameFromElsewhere = true },
        Proved with { Organisation = 8, IsEasilyForged = true },
        Proved with { Organisation = 8, History = new ReporterHistory(1, 3) },
        Proved with { Organisation = 8, IsFeedback = true, ExceedsFeedbackRate = true },
        Proved with { Organisation = 7, Standing = ReporterStanding.Trusted });

    [Theory, MemberData(nameof(NotASecond))]
    public void Who_does_not_count_as_a_second_reporter(ComplaintFacts facts)
    {
        var first = TrustRules.Judge(Terms, CaseTrust.None, Proved).Trust;

        Assert.Equal(TrustLevel.Notice, TrustRules.Judge(Terms, first, facts).Trust.Level);
    }

    [Fact]
    public void All_domains_in_which_anybody_gets_a_mailbox_are_one_reporter()
    {
        var one = TrustRules.Judge(Terms, CaseTrust.None, Proved with { IsSharedDomain = true }).Trust;
        var two = TrustRules.Judge(Terms, one, Proved with { Organisation = 8, IsSharedDomain = true }).Trust;

        Assert.Equal(TrustLevel.Notice, two.Level);
        Assert.Equal(TrustLevel.Block, TrustRules.Judge(Terms, two, Proved with { Organisation = 9 }).Trust.Level);
    }

    [Theory]
    [InlineData(4, 0, 10, false)]
    [InlineData(5, 0, 10, true)]
    [InlineData(5, 1, 10, false)]
    [InlineData(30, 0, 10_000, false)]
    [InlineData(31, 0, 10_000, true)]
    [InlineData(31, 1, 10_000, false)]
    [InlineData(4, 0, 0, false)]
    [InlineData(5, 0, 0, true)]
    public void Clicks_count_by_their_rate(long clicks, long notSpam, long sent, bool exceeds) =>
        Assert.Equal(exceeds, FeedbackRules.Exceeds(Terms, clicks, notSpam, sent));

    [Fact]
    public void Every_reason_and_level_has_words_of_its_own()
    {
        Assert.Equal(Enum.GetValues<TrustReason>().Length, Enum.GetValues<TrustReason>().Select(TrustWords.Of).Distinct().Count());
        Assert.Equal(Enum.GetValues<TrustLevel>().Length, Enum.GetValues<TrustLevel>().Select(TrustWords.Of).Distinct().Count());
    }
}
