using System.Text;
using System.Xml;
using System.Xml.Linq;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.ClientSetup;

public class AppleProfileTests
{
    private static readonly Mailbox Reader = new("reader", "provider.example");

    [Fact]
    public void The_account_has_both_servers_in_tls_and_no_password()
    {
        var account = Account(Services.All, Reader);

        Assert.Equal("EmailTypeIMAP", account["EmailAccountType"].Value);
        Assert.Equal("reader@provider.example", account["EmailAddress"].Value);
        Assert.Equal("mail.provider.example", account["IncomingMailServerHostName"].Value);
        Assert.Equal("993", account["IncomingMailServerPortNumber"].Value);
        Assert.Equal("true", account["IncomingMailServerUseSSL"].Name.LocalName);
        Assert.Equal("reader@provider.example", account["IncomingMailServerUsername"].Value);
        Assert.Equal("465", account["OutgoingMailServerPortNumber"].Value);
        Assert.Equal("true", account["OutgoingMailServerUseSSL"].Name.LocalName);
        Assert.Equal("reader@provider.example", account["OutgoingMailServerUsername"].Value);
        Assert.DoesNotContain("IncomingPassword", account.Keys);
        Assert.DoesNotContain("OutgoingPassword", account.Keys);
    }

    [Fact]
    public void Where_there_is_no_imap_it_is_pop3()
    {
        var account = Account(Services.Pop3WithStartTlsOnly, Reader);

        Assert.Equal("EmailTypePOP", account["EmailAccountType"].Value);
        Assert.Equal("110", account["IncomingMailServerPortNumber"].Value);
        Assert.Equal("587", account["OutgoingMailServerPortNumber"].Value);
    }

    [Fact]
    public void Without_a_way_to_send_there_is_no_profile()
    {
        Assert.Null(AppleProfile.WriteOrNull(Services.All with { Submission = MailPorts.None }, Reader));
        Assert.Null(AppleProfile.WriteOrNull(Services.All with { Imap = MailPorts.None, Pop3 = MailPorts.None }, Reader));
    }

    [Fact]
    public void The_same_account_has_the_same_ids_and_another_one_has_others()
    {
        var first = Ids(Reader);

        Assert.Equal(first, Ids(new Mailbox("Reader", "PROVIDER.example")));
        Assert.Equal(2, first.Distinct().Count());
        Assert.Empty(first.Intersect(Ids(new Mailbox("writer", "provider.example"))));
        Assert.Matches("^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$", first[0]);
    }

    [Fact]
    public void A_hostile_address_stays_text()
    {
        var address = SetupAddress.ParseOrNull("\"</string><key>IncomingMailServerHostName</key>&\"@provider.example")!;

        var account = Account(Services.All, address);

        Assert.Equal(address.ToString(), account["EmailAddress"].Value);
        Assert.Equal("mail.provider.example", account["IncomingMailServerHostName"].Value);
    }

    private static List<string> Ids(Mailbox address) =>
        [.. new[] { Profile(Services.All, address), Account(Services.All, address) }.Select(d => d["PayloadUUID"].Value)];

    private static Dictionary<string, XElement> Account(MailServices services, Mailbox address) =>
        Read(Profile(services, address)["PayloadContent"].Element("dict")!);

    private static Dictionary<string, XElement> Profile(MailServices services, Mailbox address)
    {
        var text = Encoding.UTF8.GetString(AppleProfile.WriteOrNull(services, address)!);
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return Read(XDocument.Load(reader).Root!.Element("dict")!);
    }

    // A dictionary alternates keys and values; a key twice would fail here.
    private static Dictionary<string, XElement> Read(XElement dictionary)
    {
        var entries = dictionary.Elements().ToList();
        return entries.Chunk(2).ToDictionary(e => e[0].Name == "key" ? e[0].Value : throw new FormatException(e[0].ToString()), e => e[1]);
    }
}
