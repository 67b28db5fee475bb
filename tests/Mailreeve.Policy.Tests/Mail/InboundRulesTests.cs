using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Policy.Tests.Mail;

public class InboundRulesTests
{
    private static readonly InboundPolicy Policy = new();

    private static readonly InboundFacts Good = new()
    {
        Spf = new SpfVerdict(SpfResult.Pass, "sender.example"),
        ReverseName = ReverseName.True,
        Author = new DmarcVerdict(DmarcResult.Pass, "sender.example"),
    };

    private static readonly DmarcVerdict Forged = new(DmarcResult.Fail, "bank.example") { Policy = DmarcPolicy.Reject, Published = DmarcPolicy.Reject };

    [Fact]
    public void Mail_that_nothing_speaks_against_is_taken() => Assert.IsType<InboundVerdict.Accept>(InboundRules.Decide(Policy, Good));

    [Fact]
    public void What_is_not_known_speaks_against_nobody() => Assert.IsType<InboundVerdict.Accept>(InboundRules.Decide(Policy, new InboundFacts()));

    [Fact]
    public void Every_verdict_that_is_no_acceptance_has_its_reason_and_its_clause()
    {
        var cases = new (InboundFacts Facts, Type Verdict, InboundReason Reason)[]
        {
            (Good with { IsTooFast = true }, typeof(InboundVerdict.Defer), InboundReason.TooFast),
            (Good with { Helo = HeloFinding.Ours }, typeof(InboundVerdict.Refuse), InboundReason.FalseHelo),
            (Good with { Clamd = new ClamdReply.Malware("Eicar") }, typeof(InboundVerdict.Refuse), InboundReason.Malware),
            (Good with { Lists = [new ListFinding("list.example", "sends spam", 10)] }, typeof(InboundVerdict.Refuse), InboundReason.Listed),
            (Good with { Lists = [new ListFinding("list.example", "dial-up", 6)] }, typeof(InboundVerdict.Spam), InboundReason.ManySigns),
            (Good with { Author = Forged }, typeof(InboundVerdict.Refuse), InboundReason.Forged),
            (Good with { Author = Forged with { Policy = DmarcPolicy.Quarantine } }, typeof(InboundVerdict.Spam), InboundReason.ProbablyForged),
            (Good with { Author = Forged with { Result = DmarcResult.TempError } }, typeof(InboundVerdict.Defer), InboundReason.AuthorUnsure),
            (Good with { Rspamd = new RspamdReply(RspamdAction.SoftReject, 1) }, typeof(InboundVerdict.Defer), InboundReason.FilterAsksLater),
            (Good with { Rspamd = new RspamdReply(RspamdAction.Reject, 20) }, typeof(InboundVerdict.Spam), InboundReason.FilterSaysSpam),
        };

        foreach (var (facts, type, reason) in cases)
        {
            var verdict = InboundRules.Decide(Policy, facts);
            Assert.IsType(type, verdict);
            Assert.Equal((reason, new ClauseId("C8")), (verdict.Why!.Value, verdict.ByClause!.Value));
            Assert.IsType<InboundVerdict.Accept>(InboundRules.Decide(Policy, facts with { IsForRole = true }));
        }
    }

    [Fact]
    public void Points_add_up_and_good_lists_take_some_away()
    {
        var odd = new InboundFacts { Spf = new SpfVerdict(SpfResult.SoftFail, "x.example"), ReverseName = ReverseName.Missing, Helo = HeloFinding.Odd };

        Assert.Equal(6, InboundRules.Points(Policy, odd));
        Assert.IsType<InboundVerdict.Spam>(InboundRules.Decide(Policy, odd));
        Assert.IsType<InboundVerdict.Accept>(InboundRules.Decide(Policy, odd with { Lists = [new ListFinding("good.example", "known good", -2)] }));
        Assert.IsType<InboundVerdict.Accept>(InboundRules.Decide(Policy, odd with { Author = new DmarcVerdict(DmarcResult.Pass, "x.example") }));
    }

    [Theory]
    [InlineData("lists.example", "mx.lists.example; dmarc=pass header.from=bank.example", true)]
    [InlineData("lists.example", "mx.lists.example; dmarc=fail header.from=bank.example", false)]
    [InlineData("others.example", "mx.others.example; dmarc=pass header.from=bank.example", false)]
    public void Who_is_trusted_can_vouch_for_what_it_hands_on(string sealer, string results, bool isTaken)
    {
        var facts = Good with { Author = Forged, Chain = new ArcVerdict(ArcResult.Pass, "") { Links = [new ArcLink(1, sealer, results)] } };

        var verdict = InboundRules.Decide(Policy with { TrustedSealers = ["Lists.example"] }, facts);

        Assert.Equal(isTaken, verdict is InboundVerdict.Accept);
    }

    [Theory]
    [InlineData(Greylisting.Off, SpfResult.Fail, ReverseName.Missing, false)]
    [InlineData(Greylisting.Suspicious, SpfResult.Pass, ReverseName.Missing, true)]
    [InlineData(Greylisting.Suspicious, SpfResult.None, ReverseName.True, false)]
    [InlineData(Greylisting.All, SpfResult.None, ReverseName.True, true)]
    [InlineData(Greylisting.All, SpfResult.Pass, ReverseName.True, false)]
    public void Who_waits_is_said_by_what_is_known(Greylisting greylisting, SpfResult spf, ReverseName name, bool waits)
    {
        var policy = Policy with { Greylisting = greylisting };
        var facts = new InboundFacts { Spf = new SpfVerdict(spf, "x.example"), ReverseName = name };

        Assert.Equal(waits, InboundRules.MustWait(policy, facts));
        Assert.Equal(waits, InboundRules.Decide(policy, facts with { Greylist = GreylistState.Waiting }) is InboundVerdict.Defer);
        Assert.False(InboundRules.MustWait(policy, facts with { Lists = [new ListFinding("good.example", "known good", -10)] }));
    }

    [Fact]
    public void Spam_is_refused_only_when_all_want_that()
    {
        Assert.Null(InboundRules.Spread([SpamChoice.Refuse, SpamChoice.Refuse]));
        Assert.Equal([true, false, true], InboundRules.Spread([SpamChoice.Refuse, SpamChoice.Tag, SpamChoice.Junk])!);
    }

    [Theory]
    [InlineData("mail.sender.example", HeloFinding.Plausible)]
    [InlineData("[192.0.2.7]", HeloFinding.Plausible)]
    [InlineData("[IPv6:2001:db8::1]", HeloFinding.Plausible)]
    [InlineData("192.0.2.7", HeloFinding.Odd)]
    [InlineData("localhost", HeloFinding.Odd)]
    [InlineData("a..example", HeloFinding.Odd)]
    [InlineData("[nonsense]", HeloFinding.Odd)]
    [InlineData("MX.provider.example", HeloFinding.Ours)]
    [InlineData("provider.example", HeloFinding.Ours)]
    public void A_name_in_helo_is_worth_what_it_says(string helo, HeloFinding finding) =>
        Assert.Equal(finding, InboundRules.FindHelo(helo, "mx.provider.example", new OwnDomains(["provider.example"])));

    [Theory]
    [InlineData("abuse@provider.example", true)]
    [InlineData("POSTMASTER@customer.example", true)]
    [InlineData("kim@customer.example", false)]
    public void Complaints_always_get_through(string address, bool isRole) =>
        Assert.Equal(isRole, InboundRules.IsForRole(Mailbox.ParseOrNull(address)!, new MailRoute.ToMailbox(new MailboxId(1))));

    [Fact]
    public void C7_what_a_postmaster_answers_always_gets_through() =>
        Assert.True(InboundRules.IsForRole(Mailbox.ParseOrNull("postmaster+abc@provider.example")!, new MailRoute.PostmasterAnswer("abc")));
}
