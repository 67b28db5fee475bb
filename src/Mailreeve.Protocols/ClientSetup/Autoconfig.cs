using System.Globalization;
using System.Xml.Linq;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>
/// The file that Thunderbird and those who followed it ask for: <c>config-v1.1.xml</c> in Mozilla's format. It has nothing of the
/// address that was asked for, so that one answer is everybody's.
/// </summary>
public static class Autoconfig
{
    // The client puts the address in. Mailboxes at customers' own domains share this server: the local part alone would be ambiguous.
    private const string UserName = "%EMAILADDRESS%";

    // Whoever reads at home only at the weekend still finds what the telephone has fetched.
    private const int DaysLeft = 7;

    /// <summary>Writes the file.</summary>
    /// <param name="services">The services; those not offered are left out.</param>
    /// <param name="asked">
    /// The domain that was asked about; <see langword="null"/> when none was. It is named beside the provider's own, as clients expect;
    /// no other customer's domain ever is.
    /// </param>
    /// <returns>XML in UTF-8. IMAP stands before POP3, implicit TLS before STARTTLS: clients take the first one that works.</returns>
    public static byte[] Write(MailServices services, string? asked)
    {
        var provider = new XElement(
            "emailProvider",
            new XAttribute("id", services.Domains[0]),
            DomainsOf(services, asked).Select(d => new XElement("domain", d)),
            new XElement("displayName", services.ProviderName),
            new XElement("displayShortName", services.ProviderName),
            services.Imap.InOrder.Select(port => Server("incomingServer", "imap", services, port)),
            services.Pop3.InOrder.Select(port => Server("incomingServer", "pop3", services, port, Pop3Habits(services))),
            services.Submission.InOrder.Select(port => Server("outgoingServer", "smtp", services, port)),
            new XElement(
                "documentation",
                new XAttribute("url", services.PageUrl),
                new XElement("descr", new XAttribute("lang", "en"), "How to set up your mail program")));
        return XmlText.Write(new XDocument(new XElement("clientConfig", new XAttribute("version", "1.1"), provider)));
    }

    private static IEnumerable<string> DomainsOf(MailServices services, string? asked) =>
        asked is null || services.Domains.Any(d => DomainName.Same(d, asked)) ? services.Domains : services.Domains.Append(asked.ToLowerInvariant());

    private static XElement Server(string element, string type, MailServices services, MailPort port, XElement? habits = null) =>
        new(
            element,
            new XAttribute("type", type),
            new XElement("hostname", services.HostName),
            new XElement("port", port.Number.ToString(CultureInfo.InvariantCulture)),
            new XElement("socketType", port.IsImplicitTls ? "SSL" : "STARTTLS"),
            // "cleartext" is about what is inside of TLS: the password as it is, which the server needs to compare it with its hash.
            new XElement("authentication", "password-cleartext"),
            new XElement("username", UserName),
            habits);

    // A second device should find the messages too; but a mailbox is small, and one that is downloaded should not fill up (C9).
    private static XElement Pop3Habits(MailServices services) =>
        new(
            "pop3",
            new XElement("leaveMessagesOnServer", "true"),
            new XElement("downloadOnBiff", "true"),
            new XElement("daysToLeaveMessagesOnServer", Math.Min(DaysLeft, services.DaysKept ?? DaysLeft).ToString(CultureInfo.InvariantCulture)));
}
