using System.Xml.Linq;
using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Protocols.Tests.ClientSetup;

public class AutoconfigTests
{
    [Fact]
    public void Imap_is_before_pop3_and_implicit_tls_before_starttls()
    {
        var provider = Read(Services.All, null);

        Assert.Equal(
            ["imap 993 SSL", "imap 143 STARTTLS", "pop3 995 SSL", "pop3 110 STARTTLS", "smtp 465 SSL", "smtp 587 STARTTLS"],
            Servers(provider));
    }

    [Fact]
    public void What_is_not_offered_is_left_out() =>
        Assert.Equal(["pop3 110 STARTTLS", "smtp 587 STARTTLS"], Servers(Read(Services.Pop3WithStartTlsOnly, null)));

    [Fact]
    public void The_user_name_is_the_whole_address_which_the_client_puts_in()
    {
        var provider = Read(Services.All, "provider.example");

        Assert.Equal(6, provider.Descendants("username").Count());
        Assert.All(provider.Descendants("username"), u => Assert.Equal("%EMAILADDRESS%", u.Value));
        Assert.All(provider.Descendants("authentication"), a => Assert.Equal("password-cleartext", a.Value));
        Assert.All(provider.Descendants("hostname"), h => Assert.Equal("mail.provider.example", h.Value));
    }

    [Fact]
    public void The_domain_that_was_asked_about_is_named_once_beside_the_providers_own()
    {
        Assert.Equal(["provider.example", "provider-mail.example"], Domains(Read(Services.All, null)));
        Assert.Equal(["provider.example", "provider-mail.example"], Domains(Read(Services.All, "Provider-Mail.example")));
        Assert.Equal(["provider.example", "provider-mail.example", "alder.example"], Domains(Read(Services.All, "Alder.example")));
    }

    [Fact]
    public void C9_Pop3_leaves_messages_for_other_devices_for_a_week_and_never_longer_than_they_are_kept()
    {
        var habits = Read(Services.All, null).Elements("incomingServer").First(s => s.Attribute("type")!.Value == "pop3").Element("pop3")!;

        Assert.Equal("true", habits.Element("leaveMessagesOnServer")!.Value);
        Assert.Equal(["7", "7", "3"], new int?[] { 30, null, 3 }.Select(d => DaysLeft(Services.All with { DaysKept = d })));

        static string DaysLeft(MailServices services) => Read(services, null).Descendants("daysToLeaveMessagesOnServer").First().Value;
    }

    [Fact]
    public void The_providers_name_is_escaped_and_its_page_is_linked()
    {
        var provider = Read(Services.All, null);

        Assert.Equal("Birch & <Sons>", provider.Element("displayName")!.Value);
        Assert.Equal("https://www.provider.example/setup", provider.Element("documentation")!.Attribute("url")!.Value);
    }

    private static XElement Read(MailServices services, string? asked)
    {
        var bytes = Autoconfig.Write(services, asked);
        // No byte order mark.
        Assert.Equal((byte)'<', bytes[0]);
        using var stream = new MemoryStream(bytes);
        var root = XDocument.Load(stream).Root!;
        Assert.Equal("1.1", root.Attribute("version")!.Value);
        return root.Element("emailProvider")!;
    }

    private static IEnumerable<string> Domains(XElement provider) => provider.Elements("domain").Select(d => d.Value);

    private static IEnumerable<string> Servers(XElement provider) =>
        provider.Elements().Where(e => e.Name == "incomingServer" || e.Name == "outgoingServer")
            .Select(s => $"{s.Attribute("type")!.Value} {s.Element("port")!.Value} {s.Element("socketType")!.Value}");
}
