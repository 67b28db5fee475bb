using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Mailreeve.Policy;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class ClientSetupTests
{
    private static readonly XNamespace Inner = Autodiscover.SettingsSchema;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/.well-known/autoconfig/mail/config-v1.1.xml", 1)]
    [InlineData("/mail/config-v1.1.xml", 1)]
    [InlineData("/mail/config-v1.1.xml?emailaddress=", 1)]
    [InlineData("/mail/config-v1.1.xml?emailaddress=%25EMAILADDRESS%25", 1)]
    [InlineData("/mail/config-v1.1.xml?emailaddress=reader@provider.example", 1)]
    [InlineData("/mail/config-v1.1.xml?emailaddress=anna@Alder.example", 2)]
    public async Task Thunderbird_gets_its_file_with_and_without_an_address(string path, int domains)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().Http.GetAsync(path, Stop);
        var xml = XDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(domains, xml.Descendants("domain").Count());
        Assert.Equal(6, xml.Descendants("username").Count(u => u.Value == "%EMAILADDRESS%"));
    }

    [Fact]
    public async Task A_domain_that_is_not_served_has_no_settings()
    {
        await using var host = await WebHost.StartAsync();
        var stranger = host.Stranger();

        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfAsync("/mail/config-v1.1.xml?emailaddress=reader@elsewhere.example"));
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfAsync("/setup/mailreeve.mobileconfig?address=reader@elsewhere.example"));
        Assert.Equal("500", await FaultOfAsync(stranger, Request("reader@elsewhere.example")));
    }

    [Theory]
    [InlineData("/autodiscover/autodiscover.xml")]
    [InlineData("/Autodiscover/Autodiscover.xml")]
    [InlineData("/AutoDiscover/AutoDiscover.XML")]
    public async Task Outlook_gets_its_settings_however_it_writes_the_path(string path)
    {
        await using var host = await WebHost.StartAsync();

        var xml = await DiscoverAsync(host.Stranger(), Request("anna@alder.example"), path);

        Assert.Equal(["IMAP", "POP3", "SMTP"], xml.Descendants(Inner + "Type").Select(t => t.Value));
        Assert.All(xml.Descendants(Inner + "Encryption"), e => Assert.Equal("SSL", e.Value));
        Assert.All(xml.Descendants(Inner + "LoginName"), l => Assert.Equal("anna@alder.example", l.Value));
    }

    [Fact]
    public async Task Whether_a_mailbox_exists_makes_no_difference()
    {
        await using var host = await WebHost.StartAsync();
        var stranger = host.Stranger();

        var one = (await DiscoverAsync(stranger, Request("anna@alder.example"))).ToString();
        var other = (await DiscoverAsync(stranger, Request("nobody@alder.example"))).ToString();
        var page = await stranger.OpenAsync("/setup?address=anna@alder.example");
        var otherPage = await stranger.OpenAsync("/setup?address=nobody@alder.example");

        Assert.Equal(one.Replace("anna", "nobody", StringComparison.Ordinal), other);
        Assert.Equal(page.Replace("anna", "nobody", StringComparison.Ordinal), otherPage);
    }

    [Theory]
    [InlineData("this is no XML", "600")]
    [InlineData("", "600")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "600")]
    public async Task Junk_is_answered_with_an_error_that_outlook_understands(string body, string code)
    {
        await using var host = await WebHost.StartAsync();

        Assert.Equal(code, await FaultOfAsync(host.Stranger(), body));
    }

    [Fact]
    public async Task What_is_larger_than_any_request_or_asks_for_exchange_is_answered_with_an_error()
    {
        await using var host = await WebHost.StartAsync();
        var stranger = host.Stranger();

        Assert.Equal("600", await FaultOfAsync(stranger, new string(' ', 3 * AutodiscoverRequest.BytesMax)));
        Assert.Equal("601", await FaultOfAsync(stranger, Request("reader@provider.example", "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006")));
    }

    [Fact]
    public async Task At_a_customers_own_name_outlook_is_sent_to_ours_once()
    {
        await using var host = await WebHost.StartAsync();
        var http = host.Stranger().Http;

        using var elsewhere = await http.SendAsync(At("autodiscover.alder.example"), Stop);
        using var ours = await http.SendAsync(At("mail.provider.example"), Stop);

        Assert.Equal(HttpStatusCode.Redirect, elsewhere.StatusCode);
        Assert.Equal("http://mail.provider.example/autodiscover/autodiscover.xml", elsewhere.Headers.Location!.ToString());
        Assert.Contains("<ErrorCode>600</ErrorCode>", await ours.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        static HttpRequestMessage At(string name) => new(HttpMethod.Get, "/autodiscover/autodiscover.xml") { Headers = { Host = name } };
    }

    [Fact]
    public async Task The_json_kind_points_to_the_xml_and_repeats_nothing()
    {
        await using var host = await WebHost.StartAsync();
        var http = host.Stranger().Http;

        var found = await http.GetStringAsync("/autodiscover/autodiscover.json/v1.0/reader@provider.example?Protocol=autodiscoverv1", Stop);
        using var other = await http.GetAsync("/autodiscover/autodiscover.json?Email=reader@provider.example&Protocol=<b>Ews", Stop);

        Assert.Equal("http://mail.provider.example/autodiscover/autodiscover.xml", JsonDocument.Parse(found).RootElement.GetProperty("Url").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.DoesNotContain("Ews", await other.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_asks_too_often_waits()
    {
        await using var host = await WebHost.StartAsync(o => o with { ClientSetupsPerMinute = 2 });
        var stranger = host.Stranger();

        await DiscoverAsync(stranger, Request("reader@provider.example"));
        await DiscoverAsync(stranger, Request("reader@provider.example"));
        using var third = await stranger.Http.PostAsync("/autodiscover/autodiscover.xml", new StringContent(Request("reader@provider.example")), Stop);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
    }

    [Fact]
    public async Task Apple_gets_a_file_that_it_knows_what_to_do_with()
    {
        await using var host = await WebHost.StartAsync();
        var stranger = host.Stranger();

        using var answer = await stranger.Http.GetAsync("/setup/mailreeve.mobileconfig?address=anna%2Bnews%40alder.example", Stop);

        Assert.Equal("application/x-apple-aspen-config", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("mailreeve.mobileconfig", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.Contains("<string>anna+news@alder.example</string>", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfAsync("/setup/mailreeve.mobileconfig"));
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfAsync("/setup/mailreeve.mobileconfig?address=anna"));
    }

    [Fact]
    public async Task C9_The_page_has_the_values_the_retention_and_the_telephone()
    {
        await using var host = await WebHost.StartAsync();

        var everybodys = await host.Stranger().OpenAsync("/setup");
        var annas = await host.Stranger().OpenAsync("/setup?address=anna%40alder.example");

        foreach (var value in new[] { "mail.provider.example", "993", "143", "995", "110", "465", "587", "+1 555 0100", "href=\"/policy#c9\"" })
            Assert.Contains(value, WebUtility.HtmlDecode(everybodys), StringComparison.Ordinal);
        Assert.Contains(DurationText.Human(ShippedPolicy.Policy.Terms.MessageRetention.Value), everybodys, StringComparison.Ordinal);
        Assert.DoesNotContain("mobileconfig?", everybodys, StringComparison.Ordinal);
        Assert.Contains("<code>anna@alder.example</code>", annas, StringComparison.Ordinal);
        Assert.Contains("/setup/mailreeve.mobileconfig?address=anna%40alder.example", annas, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><script>@provider.example")]
    [InlineData("script@elsewhere.example")]
    [InlineData("script")]
    public async Task What_is_no_address_of_ours_is_not_repeated(string address)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().Http.GetAsync($"/setup?address={Uri.EscapeDataString(address)}", Stop);
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("aria-invalid=\"true\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strange_but_valid_address_is_escaped()
    {
        await using var host = await WebHost.StartAsync();

        var page = await host.Stranger().OpenAsync($"/setup?address={Uri.EscapeDataString("\"<b>&x\"@provider.example")}");

        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_mailboxes_says_so_and_does_not_invite()
    {
        await using var host = await WebHost.StartAsync(services: WebHost.Services with { Submission = MailPorts.None });
        var stranger = host.Stranger();

        Assert.Contains("no mailboxes on this server", await stranger.OpenAsync("/setup"), StringComparison.Ordinal);
        Assert.DoesNotContain("/setup", await stranger.OpenAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfAsync("/mail/config-v1.1.xml"));
        Assert.Equal("500", await FaultOfAsync(stranger, Request("reader@provider.example")));
    }

    private static string Request(string address, string schema = Autodiscover.SettingsSchema) => $"""
        <?xml version="1.0" encoding="utf-8"?>
        <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
          <Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request>
        </Autodiscover>
        """;

    private static async Task<XDocument> DiscoverAsync(Visitor visitor, string body, string path = "/autodiscover/autodiscover.xml")
    {
        using var content = new StringContent(body, Encoding.UTF8, "text/xml");
        using var answer = await visitor.Http.PostAsync(path, content, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<string> FaultOfAsync(Visitor visitor, string body) =>
        (await DiscoverAsync(visitor, body)).Descendants().Single(e => e.Name.LocalName == "ErrorCode").Value;
}
