using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Protocols.Tests.ClientSetup;

/// <summary>A provider that offers everything, and one that offers little.</summary>
internal static class Services
{
    public static MailServices All { get; } = new()
    {
        ProviderName = "Birch & <Sons>",
        Domains = ["provider.example", "provider-mail.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://www.provider.example",
        SupportTelephone = "+1 555 0100",
        Imap = new MailPorts(993, 143),
        Pop3 = new MailPorts(995, 110),
        Submission = new MailPorts(465, 587),
        DaysKept = 30,
    };

    public static MailServices Pop3WithStartTlsOnly { get; } = All with
    {
        Imap = MailPorts.None,
        Pop3 = new MailPorts(null, 110),
        Submission = new MailPorts(null, 587),
    };
}
