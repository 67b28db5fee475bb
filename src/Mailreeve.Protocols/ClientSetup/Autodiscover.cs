using System.Globalization;
using System.Xml.Linq;
using Mailreeve.Protocols.Smtp;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>Why no settings were sent (MS-OXDSCLI §2.2.4.1.1.3.2); the value is the code that goes over the wire.</summary>
public enum AutodiscoverFault
{
    /// <summary>The address is at no domain of ours. Never: there is no such mailbox.</summary>
    NotOurs = 500,

    /// <summary>What was sent is no request.</summary>
    InvalidRequest = 600,

    /// <summary>Another kind of settings was asked for, such as those of Exchange.</summary>
    NotThatKind = 601,
}

/// <summary>Outlook's answers to <c>/autodiscover/autodiscover.xml</c> (MS-OXDSCLI §2.2.4).</summary>
public static class Autodiscover
{
    /// <summary>The kind of answer that <see cref="WriteSettings"/> writes, as a request names it.</summary>
    public const string SettingsSchema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private static readonly XNamespace Outer = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
    private static readonly XNamespace Inner = SettingsSchema;

    /// <summary>Writes the settings for one address.</summary>
    /// <param name="services">The services; those not offered are left out. Of each only the first port: Outlook tries no second one.</param>
    /// <param name="address">The address, checked to be at a domain that is served.</param>
    /// <returns>XML in UTF-8.</returns>
    public static byte[] WriteSettings(MailServices services, Mailbox address)
    {
        var login = address.ToString();
        var account = new XElement(
            Inner + "Account",
            new XElement(Inner + "AccountType", "email"),
            new XElement(Inner + "Action", "settings"),
            Protocol("IMAP", services.HostName, services.Imap.First, login),
            Protocol("POP3", services.HostName, services.Pop3.First, login),
            Protocol("SMTP", services.HostName, services.Submission.First, login));
        return Write(new XElement(
            Inner + "Response",
            new XElement(Inner + "User", new XElement(Inner + "DisplayName", login)),
            account));
    }

    /// <summary>Writes a refusal. Goes with HTTP status 200, as Exchange has it: clients look at nothing else.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="now">The time, which the format demands.</param>
    public static byte[] WriteFault(AutodiscoverFault fault, Instant now) =>
        Write(new XElement(
            Outer + "Response",
            new XElement(
                Outer + "Error",
                new XAttribute("Time", TimeOfDay.Format(now.InUtc().TimeOfDay)),
                new XAttribute("Id", "1"),
                new XElement(Outer + "ErrorCode", ((int)fault).ToString(CultureInfo.InvariantCulture)),
                new XElement(Outer + "Message", MessageOf(fault)),
                new XElement(Outer + "DebugData"))));

    private static readonly LocalTimePattern TimeOfDay = LocalTimePattern.CreateWithInvariantCulture("HH:mm:ss.fffffff");

    private static byte[] Write(XElement response) => XmlText.Write(new XDocument(new XElement(Outer + "Autodiscover", response)));

    private static XElement? Protocol(string type, string host, MailPort? port, string login) =>
        port is null
            ? null
            : new XElement(
                Inner + "Protocol",
                new XElement(Inner + "Type", type),
                new XElement(Inner + "Server", host),
                new XElement(Inner + "Port", port.Number.ToString(CultureInfo.InvariantCulture)),
                new XElement(Inner + "DomainRequired", "off"),
                new XElement(Inner + "LoginName", login),
                new XElement(Inner + "SPA", "off"),
                new XElement(Inner + "SSL", "on"),
                // TLS means STARTTLS here, SSL means implicit TLS; written the other way round, Outlook waits for a greeting that never comes.
                new XElement(Inner + "Encryption", port.IsImplicitTls ? "SSL" : "TLS"),
                new XElement(Inner + "AuthRequired", "on"),
                type == "SMTP" ? new XElement(Inner + "UsePOPAuth", "on") : null);

    private static string MessageOf(AutodiscoverFault fault) => fault switch
    {
        AutodiscoverFault.NotOurs => "This server has no mailboxes at that domain.",
        AutodiscoverFault.InvalidRequest => "Invalid Request",
        AutodiscoverFault.NotThatKind => "This server offers IMAP, POP3 and SMTP only.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}
