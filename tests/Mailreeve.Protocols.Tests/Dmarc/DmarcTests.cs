using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Protocols.Tests.Dmarc;

public class DmarcTests
{
    private static readonly PublicSuffixList Suffixes = PublicSuffixList.Parse("example\nco.example");

    private static readonly SpfVerdict NoSpf = new(SpfResult.None, "");

    [Theory]
    [InlineData("v=DMARC1; p=reject", DmarcPolicy.Reject, DmarcPolicy.Reject, 100)]
    [InlineData("v=DMARC1;p=none;sp=quarantine;pct=20", DmarcPolicy.None, DmarcPolicy.Quarantine, 20)]
    [InlineData("v = DMARC1 ; p = Reject ; pct = many ; unknown=x", DmarcPolicy.Reject, DmarcPolicy.Reject, 100)]
    [InlineData("v=DMARC1; rua=mailto:reports@sender.example", DmarcPolicy.None, DmarcPolicy.None, 100)]
    [InlineData("v=DMARC1; p=perhaps; rua=mailto:reports@sender.example", DmarcPolicy.None, DmarcPolicy.None, 100)]
    public void A_record_says_what_is_wanted(string text, DmarcPolicy policy, DmarcPolicy subdomains, int percent)
    {
        var record = DmarcRecord.ParseOrNull(text)!;

        Assert.Equal((policy, subdomains, percent), (record.Policy, record.SubdomainPolicy, record.Percent));
    }

    [Theory]
    [InlineData("v=dmarc1; p=reject")]
    [InlineData("p=reject; v=DMARC1")]
    [InlineData("v=DMARC1; p=perhaps")]
    [InlineData("v=DMARC12; p=reject")]
    [InlineData("v=spf1 -all")]
    [InlineData("")]
    public void What_is_no_record_is_none(string text) => Assert.Null(DmarcRecord.ParseOrNull(text));

    [Theory]
    [InlineData("sender.example", "v=DMARC1; p=reject", DmarcResult.Pass)]
    [InlineData("mail.sender.example", "v=DMARC1; p=reject", DmarcResult.Pass)]
    [InlineData("mail.sender.example", "v=DMARC1; p=reject; aspf=s", DmarcResult.Fail)]
    [InlineData("sender.co.example", "v=DMARC1; p=reject", DmarcResult.Fail)]
    [InlineData("othersender.example", "v=DMARC1; p=reject", DmarcResult.Fail)]
    public async Task Spf_counts_for_a_domain_of_the_same_organisation(string spfDomain, string record, DmarcResult result)
    {
        var verdict = await CheckAsync("sender.example", new SpfVerdict(SpfResult.Pass, spfDomain), [], ("_dmarc.sender.example", record));

        Assert.Equal(result, verdict.Result);
    }

    [Theory]
    [InlineData("x.sender.example", "v=DMARC1; p=none; sp=reject", DmarcPolicy.Reject)]
    [InlineData("x.sender.example", "v=DMARC1; p=none; np=reject", DmarcPolicy.Reject)]
    [InlineData("lives.sender.example", "v=DMARC1; p=none; np=reject", DmarcPolicy.None)]
    [InlineData("sender.example", "v=DMARC1; p=quarantine; sp=none", DmarcPolicy.Quarantine)]
    public async Task A_subdomain_has_the_policy_of_its_organisation_for_subdomains(string from, string record, DmarcPolicy policy)
    {
        var verdict = await CheckAsync(from, NoSpf, [], ("_dmarc.sender.example", record), ("lives.sender.example", "anything"));

        Assert.Equal((DmarcResult.Fail, policy, "sender.example"), (verdict.Result, verdict.Policy, verdict.RecordOf));
    }

    [Theory]
    [InlineData(30, 29, DmarcPolicy.Reject)]
    [InlineData(30, 30, DmarcPolicy.Quarantine)]
    [InlineData(0, 0, DmarcPolicy.Quarantine)]
    public async Task What_falls_out_of_the_share_is_treated_one_step_more_gently(int percent, int sample, DmarcPolicy policy)
    {
        var verdict = await CheckAsync("sender.example", NoSpf, [], sample, ("_dmarc.sender.example", $"v=DMARC1; p=reject; pct={percent}"));

        Assert.Equal((policy, DmarcPolicy.Reject), (verdict.Policy, verdict.Published));
    }

    [Fact]
    public async Task Two_records_are_none_and_a_silent_dns_is_no_failure()
    {
        Assert.Equal(DmarcResult.None, (await CheckAsync("sender.example", NoSpf, [], ("_dmarc.sender.example", "v=DMARC1; p=reject"), ("_dmarc.sender.example", "v=DMARC1; p=none"))).Result);
        Assert.Equal(DmarcResult.None, (await CheckAsync("sender.example", NoSpf, [])).Result);
        Assert.Equal(DmarcResult.TempError, (await CheckAsync("fails.example", NoSpf, [])).Result);
        Assert.Equal(DmarcResult.PermError, (await CheckAsync(null, NoSpf, [])).Result);
    }

    [Fact]
    public async Task A_signature_that_could_not_be_looked_up_leaves_it_open()
    {
        var unsure = new DkimVerdict(DkimResult.TempError, "", Signature("sender.example"));
        var others = new DkimVerdict(DkimResult.TempError, "", Signature("list.example"));
        var passes = new DkimVerdict(DkimResult.Pass, "", Signature("mail.sender.example"));
        var record = ("_dmarc.sender.example", "v=DMARC1; p=reject");

        Assert.Equal(DmarcResult.TempError, (await CheckAsync("sender.example", NoSpf, [unsure], record)).Result);
        Assert.Equal(DmarcResult.Fail, (await CheckAsync("sender.example", NoSpf, [others], record)).Result);
        Assert.Equal(DmarcResult.Pass, (await CheckAsync("sender.example", NoSpf, [others, unsure, passes], record)).Result);
    }

    [Theory]
    [InlineData("From: Ann <ann@Sender.Example>\r\n", "sender.example")]
    [InlineData("From: a@sender.example, \"B\" <b@sender.example>\r\n", "sender.example")]
    [InlineData("From: a@sender.example, b@other.example\r\n", null)]
    [InlineData("From: a@sender.example\r\nFrom: b@sender.example\r\n", null)]
    [InlineData("From: \"a@bank.example\" <b@sender.example>\r\n", "sender.example")]
    [InlineData("From: nobody\r\n", null)]
    [InlineData("Subject: none\r\n", null)]
    [InlineData("From: a@bücher.example\r\n", "xn--bcher-kva.example")]
    public void The_author_is_who_stands_in_from_and_only_one(string header, string? domain) =>
        Assert.Equal(domain, AuthorDomain.OfOrNull(DkimMessage.Read(System.Text.Encoding.UTF8.GetBytes($"{header}\r\nhello\r\n"))));

    private static ValueTask<DmarcVerdict> CheckAsync(string? from, SpfVerdict spf, IReadOnlyList<DkimVerdict> signatures, params (string Name, string Text)[] zone) =>
        CheckAsync(from, spf, signatures, 0, zone);

    private static ValueTask<DmarcVerdict> CheckAsync(
        string? from, SpfVerdict spf, IReadOnlyList<DkimVerdict> signatures, int sample, params (string Name, string Text)[] zone) =>
        new DmarcCheck(Suffixes).RunAsync(from, spf, signatures, sample, (name, _, _) => ValueTask.FromResult(
            name.EndsWith("fails.example", StringComparison.Ordinal)
                ? DnsAnswer.Failed
                : DnsAnswer.OfTexts([.. zone.Where(z => z.Name == name).Select(z => z.Text)])), TestContext.Current.CancellationToken);

    private static DkimSignature Signature(string domain) => new()
    {
        Algorithm = DkimAlgorithm.RsaSha256,
        Key = new DkimKeyName("s1", domain),
        Identity = $"@{domain}",
        HeaderForm = Canonicalization.Relaxed,
        BodyForm = Canonicalization.Relaxed,
        SignedFields = ["From"],
        BodyHash = [],
        Signature = [],
    };
}
