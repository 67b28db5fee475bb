using Mailreeve.Protocols.TlsPolicy;
using NodaTime;

namespace Mailreeve.Protocols.Tests.TlsPolicy;

public class TlsRulesTests
{
    private const string Host = "mx.customer.example";

    private static readonly TlsaRecord Usable = new(3, 1, 1, new byte[32]);
    private static readonly StsPolicy Enforced = new(StsMode.Enforce, Duration.FromDays(7), [Host]);

    private static readonly TlsFacts Facts = new() { Domain = "customer.example", Host = Host };

    private static readonly TlsFacts Signed = Facts with { MxSecure = true, AddressSecure = true };

    [Fact]
    public void Without_a_policy_TLS_is_used_when_it_is_offered() =>
        Assert.Equal(TlsPolicyType.NoPolicyFound, Assert.IsType<TlsDecision.Opportunistic>(TlsRules.Decide(Facts)).PolicyType);

    [Fact]
    public void DANE_comes_before_MTA_STS()
    {
        var decision = Assert.IsType<TlsDecision.Dane>(TlsRules.Decide(Signed with { Tlsa = new TlsaLookup.Found([Usable]), Sts = Enforced }));

        Assert.Equal([Usable], decision.Records);
        Assert.Equal([Host, "customer.example"], decision.Names);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void One_answer_without_signature_and_there_is_no_DANE(bool mx, bool address)
    {
        var facts = Facts with { MxSecure = mx, AddressSecure = address, Tlsa = new TlsaLookup.Found([Usable]) };

        Assert.IsType<TlsDecision.Opportunistic>(TlsRules.Decide(facts));
        Assert.IsType<TlsDecision.Authority>(TlsRules.Decide(facts with { Sts = Enforced }));
    }

    [Theory]
    [InlineData(0, 1, 1, 32)]
    [InlineData(1, 1, 1, 32)]
    [InlineData(3, 2, 1, 32)]
    [InlineData(3, 1, 3, 32)]
    [InlineData(3, 1, 1, 31)]
    [InlineData(3, 1, 2, 32)]
    [InlineData(2, 0, 0, 0)]
    [InlineData(255, 255, 255, 32)]
    public void Records_that_cannot_be_used_still_demand_TLS(byte usage, byte selector, byte matching, int length)
    {
        var record = new TlsaRecord(usage, selector, matching, new byte[length]);

        Assert.IsType<TlsDecision.Encrypted>(TlsRules.Decide(Signed with { Tlsa = new TlsaLookup.Found([record]) }));
        Assert.Equal([Usable], Assert.IsType<TlsDecision.Dane>(TlsRules.Decide(Signed with { Tlsa = new TlsaLookup.Found([record, Usable]) })).Records);
    }

    [Fact]
    public void A_lookup_that_fails_forbids_the_host_whatever_else_is_known() =>
        Assert.Equal(
            TlsResultType.DnssecInvalid,
            Assert.IsType<TlsDecision.Refuse>(TlsRules.Decide(Signed with { Tlsa = new TlsaLookup.Failed("ServerFailure"), Sts = Enforced })).Result);

    [Fact]
    public void An_enforced_policy_wants_an_authority_and_only_its_hosts()
    {
        Assert.Equal(Host, Assert.IsType<TlsDecision.Authority>(TlsRules.Decide(Facts with { Sts = Enforced })).Name);
        Assert.IsType<TlsDecision.Refuse>(TlsRules.Decide(Facts with { Host = "mx.elsewhere.example", Sts = Enforced }));
        Assert.IsType<TlsDecision.Authority>(TlsRules.Decide(Signed with { Tlsa = TlsaLookup.None.Instance, Sts = Enforced }));
    }

    [Fact]
    public void A_tested_policy_refuses_nothing()
    {
        var testing = Enforced with { Mode = StsMode.Testing };

        Assert.Equal(testing, Assert.IsType<TlsDecision.Opportunistic>(TlsRules.Decide(Facts with { Host = "mx.elsewhere.example", Sts = testing })).Testing);
        Assert.Null(Assert.IsType<TlsDecision.Opportunistic>(TlsRules.Decide(Facts with { Sts = Enforced with { Mode = StsMode.None } })).Testing);
    }

    [Theory]
    [InlineData("mx.customer.example", "mx.customer.example", true)]
    [InlineData("mx.customer.example", "MX.Customer.Example", true)]
    [InlineData("mx.customer.example", "a.mx.customer.example", false)]
    [InlineData("*.customer.example", "mx.customer.example", true)]
    [InlineData("*.customer.example", "a.mx.customer.example", false)]
    [InlineData("*.customer.example", "customer.example", false)]
    [InlineData("*.customer.example", ".customer.example", false)]
    public void A_wildcard_stands_for_one_label(string pattern, string host, bool allowed) =>
        Assert.Equal(allowed, (Enforced with { Hosts = [pattern] }).Allows(host));

    [Theory]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", true)]
    [InlineData("version: STSv1\r\nmode: testing\r\nmx: *.example\r\nmax_age: 86400", true)]
    [InlineData("version: STSv1\nmode: none\nmax_age: 0\n", true)]
    [InlineData("version:STSv1\nmode:enforce\nmx:a.example\nmax_age:1\nx-more: what\n", true)]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 86400\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400\n", false)]
    [InlineData("version: STSv1\nmode: maybe\nmx: a.example\nmax_age: 86400\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n", false)]
    [InlineData("version: STSv1\nnonsense\nmode: enforce\nmx: a.example\nmax_age: 1\n", false)]
    [InlineData("", false)]
    public void A_policy_is_read_or_it_is_none(string text, bool good) =>
        Assert.Equal(good, StsPolicy.ParseOrNull(System.Text.Encoding.UTF8.GetBytes(text)) is not null);

    [Fact]
    public void Of_a_field_that_comes_twice_the_first_counts_and_no_age_is_beyond_a_year()
    {
        var policy = StsPolicy.ParseOrNull("version: STSv1\nmode: enforce\nmode: none\nmx: A.example\nmx: b.example\nmax_age: 9999999999\nmax_age: 1\n"u8);

        Assert.Equal((StsMode.Enforce, StsPolicy.MaxAgeMax), (policy!.Mode, policy.MaxAge));
        Assert.Equal(["a.example", "b.example"], policy.Hosts);
    }

    [Theory]
    [InlineData("v=STSv1; id=20260301T00;", "20260301T00")]
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=STSv1; id=a; x=y", "a")]
    [InlineData("v=STSv1; id=", null)]
    [InlineData("v=STSv1; id=a b", null)]
    [InlineData("v=STSv1; id=a; id=b", null)]
    [InlineData("v=STSv1", null)]
    [InlineData("v=STSv2; id=a", null)]
    [InlineData("v=spf1 -all", null)]
    public void The_record_has_one_id(string record, string? id)
    {
        Assert.Equal(id, StsRecord.IdOrNull(["v=spf1 -all", record]));
        Assert.Null(StsRecord.IdOrNull(["v=STSv1; id=other", record == "v=STSv2; id=a" || id is null ? "v=STSv1; id=a" : record]));
    }

    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:a@reports.example", "mailto:a@reports.example")]
    [InlineData("v=TLSRPTv1;rua=mailto:a@reports.example , https://reports.example/x;", "mailto:a@reports.example https://reports.example/x")]
    [InlineData("v=TLSRPTv1; rua=http://reports.example/x,ftp://reports.example", "")]
    [InlineData("v=TLSRPTv1", "")]
    [InlineData("v=STSv1; id=a", "")]
    public void The_record_says_where_reports_go(string record, string addresses)
    {
        Assert.Equal(addresses, string.Join(' ', TlsReportRecord.AddressesOf([record]).Select(a => a.OriginalString)));
        Assert.Empty(TlsReportRecord.AddressesOf(["v=TLSRPTv1; rua=mailto:b@reports.example", "v=TLSRPTv1; rua=mailto:c@reports.example"]));
    }

    [Theory]
    [InlineData("mailto:a%2Bb@reports.example", "a+b@reports.example")]
    [InlineData("mailto:a@reports.example?subject=x", "a@reports.example")]
    [InlineData("mailto:a%0D%0Ab@reports.example", null)]
    [InlineData("mailto:nobody", null)]
    public void The_mailbox_for_reports_is_an_address_or_nothing(string uri, string? mailbox) =>
        Assert.Equal(mailbox, TlsReportRecord.MailboxOf(new Uri(uri))?.ToString());
}
