using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>
/// A <c>.mobileconfig</c>: one mail account for Mail on iPhone, iPad and Mac, in Apple's property list format. No password is in it, the
/// device asks for it; so the file may lie in a download folder.
/// </summary>
public static class AppleProfile
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/x-apple-aspen-config";

    /// <summary>Writes the profile: IMAP where it is offered, otherwise POP3.</summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The address, checked to be at a domain that is served.</param>
    /// <returns>
    /// XML in UTF-8, the same for the same address: a second installation replaces the first one. <see langword="null"/> when mail
    /// cannot be both read and sent here, which the format cannot express.
    /// </returns>
    public static byte[]? WriteOrNull(MailServices services, Mailbox address)
    {
        var isImap = services.Imap.IsOffered;
        if ((isImap ? services.Imap : services.Pop3).First is not { } incoming || services.Submission.First is not { } outgoing)
            return null;

        var login = address.ToString();
        // An identifier is read by people too: the provider's domain backwards, then the account.
        var identifier = $"{string.Join('.', services.Domains[0].Split('.').Reverse())}.mail.{IdOf(services, login, "identifier"):N}";
        var account = Dictionary(
            ("EmailAccountDescription", Text(services.ProviderName)),
            ("EmailAccountType", Text(isImap ? "EmailTypeIMAP" : "EmailTypePOP")),
            ("EmailAddress", Text(login)),
            ("IncomingMailServerAuthentication", Text("EmailAuthPassword")),
            ("IncomingMailServerHostName", Text(services.HostName)),
            ("IncomingMailServerPortNumber", Number(incoming.Number)),
            // "SSL" covers both: with it on, Mail demands STARTTLS where the port begins without TLS.
            ("IncomingMailServerUseSSL", True),
            ("IncomingMailServerUsername", Text(login)),
            ("OutgoingMailServerAuthentication", Text("EmailAuthPassword")),
            ("OutgoingMailServerHostName", Text(services.HostName)),
            ("OutgoingMailServerPortNumber", Number(outgoing.Number)),
            ("OutgoingMailServerUseSSL", True),
            ("OutgoingMailServerUsername", Text(login)),
            ("OutgoingPasswordSameAsIncomingPassword", True),
            ("PayloadDisplayName", Text(services.ProviderName)),
            ("PayloadIdentifier", Text($"{identifier}.account")),
            ("PayloadType", Text("com.apple.mail.managed")),
            ("PayloadUUID", Text(Upper(IdOf(services, login, "account")))),
            ("PayloadVersion", Number(1)));
        var profile = Dictionary(
            ("PayloadContent", new XElement("array", account)),
            ("PayloadDescription", Text($"Sets up the mailbox {login} in Mail.")),
            ("PayloadDisplayName", Text($"{services.ProviderName}: mail")),
            ("PayloadIdentifier", Text(identifier)),
            ("PayloadOrganization", Text(services.ProviderName)),
            ("PayloadRemovalDisallowed", new XElement("false")),
            ("PayloadType", Text("Configuration")),
            ("PayloadUUID", Text(Upper(IdOf(services, login, "profile")))),
            ("PayloadVersion", Number(1)));
        return XmlText.Write(new XDocument(
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XElement("plist", new XAttribute("version", "1.0"), profile)));
    }

    private static XElement True => new("true");

    private static XElement Text(string text) => new("string", text);

    private static XElement Number(int number) => new("integer", number.ToString(CultureInfo.InvariantCulture));

    private static XElement Dictionary(params (string Key, XElement Value)[] entries) =>
        new("dict", entries.SelectMany(e => new[] { new XElement("key", e.Key), e.Value }));

    private static string Upper(Guid id) => id.ToString().ToUpperInvariant();

    // A name-based UUID of version 8 with SHA-256 (RFC 9562 §5.8). In either case the address is one account, whoever types it.
    private static Guid IdOf(MailServices services, string login, string part)
    {
        var name = $"{services.HostName}\n{login}\n{part}".ToLowerInvariant();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(hash);
        bits = (bits & ~((UInt128)0xF << 76)) | ((UInt128)8 << 76);
        bits = (bits & ~((UInt128)3 << 62)) | ((UInt128)2 << 62);
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, bits);
        return new Guid(octets, bigEndian: true);
    }
}
