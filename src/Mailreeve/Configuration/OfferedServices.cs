using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Configuration;

/// <summary>What this installation offers to mail programs, for the set-up page, the files that programs ask for, and the DNS records.</summary>
internal static class OfferedServices
{
    /// <summary>The services as configured.</summary>
    public static MailServices Of(Settings settings) => new()
    {
        ProviderName = settings.Provider.Name,
        Domains = settings.Provider.Domains,
        HostName = settings.Provider.HostName,
        BaseUrl = settings.Provider.BaseUrl,
        SupportTelephone = settings.Provider.SupportTelephone,
        Imap = PortsOf(settings.Imap, settings.Tls.IsOffered),
        Submission = settings.Submission.Elsewhere != MailPorts.None
            ? settings.Submission.Elsewhere
            : PortsOf(settings.Submission.Doors, settings.Tls.IsOffered),
        Pop3 = PortsOf(settings.Pop3, settings.Tls.IsOffered),
        Serves = new OwnDomains(settings.Provider.Domains).Contains,
    };

    // In the clear alone is no offer: the way to TLS needs a certificate.
    private static MailPorts PortsOf(MailDoors doors, bool hasTls) => hasTls
        ? new MailPorts(doors.ListenTls.Count > 0 ? doors.ListenTls[0].Port : null, doors.Listen.Count > 0 ? doors.Listen[0].Port : null)
        : MailPorts.None;
}
