using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Protocols.Tests.ClientSetup;

public class ZoneSnippetTests
{
    [Fact]
    public void Every_service_has_its_record_and_the_better_one_the_lower_number() =>
        Assert.Equal(
            [
                "alder.example. 3600 IN MX 10 mail.provider.example.",
                "_imaps._tcp.alder.example. 3600 IN SRV 0 1 993 mail.provider.example.",
                "_imap._tcp.alder.example. 3600 IN SRV 10 1 143 mail.provider.example.",
                "_pop3s._tcp.alder.example. 3600 IN SRV 20 1 995 mail.provider.example.",
                "_pop3._tcp.alder.example. 3600 IN SRV 30 1 110 mail.provider.example.",
                "_submissions._tcp.alder.example. 3600 IN SRV 0 1 465 mail.provider.example.",
                "_submission._tcp.alder.example. 3600 IN SRV 10 1 587 mail.provider.example.",
                "autoconfig.alder.example. 3600 IN CNAME www.provider.example.",
                "autodiscover.alder.example. 3600 IN CNAME www.provider.example.",
                "_autodiscover._tcp.alder.example. 3600 IN SRV 0 1 443 www.provider.example.",
            ],
            Records(Services.All, "Alder.example."));

    [Fact]
    public void What_is_not_offered_is_said_not_to_be_there()
    {
        var records = Records(Services.Pop3WithStartTlsOnly, "provider.example").ToList();

        Assert.Contains("_imaps._tcp.provider.example. 3600 IN SRV 0 0 0 .", records);
        Assert.Contains("_pop3s._tcp.provider.example. 3600 IN SRV 0 0 0 .", records);
        Assert.Contains("_pop3._tcp.provider.example. 3600 IN SRV 30 1 110 mail.provider.example.", records);
        Assert.Contains("_submissions._tcp.provider.example. 3600 IN SRV 0 0 0 .", records);
    }

    [Fact]
    public void A_web_server_without_a_name_has_no_alias()
    {
        var records = Records(Services.All with { BaseUrl = "https://192.0.2.7:8443" }, "provider.example");

        Assert.DoesNotContain(records, r => r.Contains("autoconfig", StringComparison.Ordinal) || r.Contains("autodiscover", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_is_no_alias_of_itself_and_outlook_is_sent_to_tls_only()
    {
        var records = Records(Services.All with { BaseUrl = "http://autoconfig.provider.example" }, "provider.example").ToList();

        Assert.DoesNotContain(records, r => r.StartsWith("autoconfig.provider.example. ", StringComparison.Ordinal));
        Assert.DoesNotContain(records, r => r.StartsWith("_autodiscover", StringComparison.Ordinal));
    }

    [Fact]
    public void An_international_name_is_written_as_dns_has_it() =>
        Assert.StartsWith("xn--bcher-kva.example. ", Records(Services.All, "bücher.example").First(), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..example")]
    [InlineData("a b.example")]
    [InlineData("a.example\nevil.example. IN A 192.0.2.1")]
    [InlineData("a;b.example")]
    [InlineData("$INCLUDE")]
    [InlineData("(a.example")]
    public void What_is_no_name_gets_no_records(string domain) => Assert.Null(ZoneSnippet.WriteOrNull(Services.All, domain));

    [Fact]
    public void A_name_that_leaves_no_room_for_a_service_gets_no_records() =>
        Assert.Null(ZoneSnippet.WriteOrNull(Services.All, string.Join('.', Enumerable.Repeat(new string('a', 60), 4))));

    private static IEnumerable<string> Records(MailServices services, string domain) =>
        ZoneSnippet.WriteOrNull(services, domain)!.Split('\n').Where(l => l.Length > 0 && l[0] != ';');
}
