using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Policy.Tests.Trust;

public class AuthenticationRulesTests
{
    private static readonly PublicSuffixList Suffixes = PublicSuffixList.Parse("example\nco.example");

    private static readonly InboundFacts Nothing = new()
    {
        Author = new DmarcVerdict(DmarcResult.None, "desk.reporter.example"),
        Spf = new SpfVerdict(SpfResult.None, "reporter.example"),
    };

    private static readonly ReportAuthentication BySpf = new(ReporterProof.Spf, "desk.reporter.example", "reporter.example");

    [Fact]
    public void SPF_of_the_same_organisation_proves_the_domain_in_From_with_and_without_DMARC()
    {
        var facts = Nothing with { Spf = new SpfVerdict(SpfResult.Pass, "bounces.reporter.example") };

        Assert.Equal(BySpf, Decide(facts));
        Assert.Equal(BySpf, Decide(facts with { Author = new DmarcVerdict(DmarcResult.Pass, "desk.reporter.example") }));
    }

    [Fact]
    public void Nothing_else_proves_anything()
    {
        var pass = new SpfVerdict(SpfResult.Pass, "reporter.example");

        Assert.Null(Decide(Nothing));
        Assert.Null(Decide(new InboundFacts()));
        Assert.Null(Decide(Nothing with { Spf = new SpfVerdict(SpfResult.Pass, "lookalike.example") }));
        Assert.Null(Decide(Nothing with { Spf = new SpfVerdict(SpfResult.Pass, "example") }));
        foreach (var result in Enum.GetValues<SpfResult>().Where(r => r != SpfResult.Pass))
            Assert.Null(Decide(Nothing with { Spf = pass with { Result = result } }));
        // The domain says that it is not its mail; the name server does not answer; there is no one author.
        foreach (var result in new[] { DmarcResult.Fail, DmarcResult.TempError, DmarcResult.PermError })
            Assert.Null(Decide(Nothing with { Spf = pass, Author = new DmarcVerdict(result, "reporter.example") }));
        Assert.Null(Decide(Nothing with { Spf = pass, Author = new DmarcVerdict(DmarcResult.PermError, "") }));
    }

    [Theory]
    [InlineData("soc@reporter.example", true)]
    [InlineData("soc@DESK.reporter.example", true)]
    [InlineData("soc@other.reporter.example", true)]
    [InlineData("soc@notreporter.example", false)]
    [InlineData("soc@reporter.example.evil.example", false)]
    [InlineData("reporter.example", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_proof_covers_the_mailboxes_of_the_organisation(string? mailbox, bool covered) => Assert.Equal(covered, BySpf.Covers(mailbox));

    private static ReportAuthentication? Decide(InboundFacts facts) => AuthenticationRules.Decide(facts, Suffixes);
}
