using System.Text;
using System.Xml.Linq;
using CsCheck;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Protocols.Tests.ClientSetup;

public class AutodiscoverTests
{
    private static readonly XNamespace Inner = Autodiscover.SettingsSchema;
    private static readonly XNamespace Outer = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";

    [Fact]
    public void Implicit_tls_is_called_ssl_and_tls_means_starttls()
    {
        var implicitTls = Protocols(Services.All);
        var startTls = Protocols(Services.Pop3WithStartTlsOnly);

        Assert.Equal(["IMAP 993 on SSL", "POP3 995 on SSL", "SMTP 465 on SSL"], implicitTls.Select(Line));
        Assert.Equal(["POP3 110 on TLS", "SMTP 587 on TLS"], startTls.Select(Line));

        static string Line(XElement p) => string.Join(' ', new[] { "Type", "Port", "SSL", "Encryption" }.Select(n => p.Element(Inner + n)!.Value));
    }

    [Fact]
    public void The_login_is_the_address_without_a_windows_domain()
    {
        foreach (var protocol in Protocols(Services.All))
        {
            Assert.Equal("reader@provider.example", protocol.Element(Inner + "LoginName")!.Value);
            Assert.Equal("off", protocol.Element(Inner + "DomainRequired")!.Value);
            Assert.Equal("off", protocol.Element(Inner + "SPA")!.Value);
            Assert.Equal("mail.provider.example", protocol.Element(Inner + "Server")!.Value);
        }
    }

    [Fact]
    public void A_hostile_address_stays_text()
    {
        var address = SetupAddress.ParseOrNull("\"</LoginName><Server>evil.example</Server>&\"@provider.example")!;

        var xml = Load(Autodiscover.WriteSettings(Services.All, address));

        Assert.Equal(["mail.provider.example"], xml.Descendants(Inner + "Server").Select(s => s.Value).Distinct());
        Assert.All(xml.Descendants(Inner + "LoginName"), l => Assert.Equal(address.ToString(), l.Value));
    }

    [Theory]
    [InlineData(AutodiscoverFault.NotOurs, "500")]
    [InlineData(AutodiscoverFault.InvalidRequest, "600")]
    [InlineData(AutodiscoverFault.NotThatKind, "601")]
    public void A_refusal_carries_its_code(AutodiscoverFault fault, string code)
    {
        var error = Load(Autodiscover.WriteFault(fault, Instant.FromUtc(2026, 11, 24, 8, 15))).Descendants(Outer + "Error").Single();

        Assert.Equal(code, error.Element(Outer + "ErrorCode")!.Value);
        Assert.Equal("08:15:00.0000000", error.Attribute("Time")!.Value);
    }

    [Theory]
    [InlineData("http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a", true)]
    [InlineData("http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006", false)]
    public void A_request_is_read(string schema, bool wantsMailSettings)
    {
        var request = Parse($"""
            <?xml version="1.0" encoding="utf-8"?>
            <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
              <Request>
                <EMailAddress>reader@provider.example</EMailAddress>
                <AcceptableResponseSchema>{schema}</AcceptableResponseSchema>
              </Request>
            </Autodiscover>
            """);

        Assert.Equal(new AutodiscoverRequest(new Mailbox("reader", "provider.example"), wantsMailSettings), request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("reader@provider.example")]
    [InlineData("<Autodiscover><Request><EMailAddress>reader@provider.example</EMailAddress></Request>")]
    [InlineData("<Autodiscover><Request><EMailAddress/></Request></Autodiscover>")]
    [InlineData("<Autodiscover><Request><EMailAddress>reader</EMailAddress></Request></Autodiscover>")]
    [InlineData("<Autodiscover><Request><EMailAddress><b>reader@provider.example</b></EMailAddress></Request></Autodiscover>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"reader@provider.example\">]><Autodiscover><EMailAddress>&e;</EMailAddress></Autodiscover>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><Autodiscover><EMailAddress>reader@provider.example</EMailAddress></Autodiscover>")]
    [InlineData("<a><a><a><a><a><a><a><a><a><a><EMailAddress>reader@provider.example</EMailAddress></a></a></a></a></a></a></a></a></a></a>")]
    public void Junk_is_no_request(string xml) => Assert.Null(Parse(xml));

    [Fact]
    public void A_large_document_is_no_request() =>
        Assert.Null(Parse($"<Autodiscover><EMailAddress>reader@provider.example</EMailAddress>{new string(' ', AutodiscoverRequest.BytesMax)}</Autodiscover>"));

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var good = Encoding.UTF8.GetBytes("<Autodiscover><Request><EMailAddress>reader@provider.example</EMailAddress></Request></Autodiscover>");

        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bytes = good[..length];
            if (at < length)
                bytes[at] = value;
            AutodiscoverRequest.ParseOrNull(bytes);
        }, iter: 2000);
    }

    private static AutodiscoverRequest? Parse(string xml) => AutodiscoverRequest.ParseOrNull(Encoding.UTF8.GetBytes(xml));

    private static IEnumerable<XElement> Protocols(MailServices services) =>
        Load(Autodiscover.WriteSettings(services, new Mailbox("reader", "provider.example"))).Descendants(Inner + "Protocol");

    private static XDocument Load(byte[] xml)
    {
        using var stream = new MemoryStream(xml);
        return XDocument.Load(stream);
    }
}
