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
        Serves = new OwnDomains(settings.Provider.Domains).Contains,
    };
}
