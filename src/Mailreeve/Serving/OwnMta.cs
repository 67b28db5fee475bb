using Mailreeve.Configuration;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.PolicyDelegation;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>What a provider's own mail server asks: policy delegation, and the milter.</summary>
internal static class OwnMta
{
    /// <summary>Adds what answers.</summary>
    public static void AddOwnMta(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(s => new MtaAnswers
        {
            Domains = new OwnDomains(settings.Provider.Domains),
            Views = s.GetRequiredService<LiveViews>(),
            Mailboxes = s.GetRequiredService<MailDelivery>(),
            Count = s.GetService<Func<CountedMessage, CancellationToken, ValueTask<SendingAnswer>>>(),
            Clock = s.GetRequiredService<IClock>(),
        });
        if (settings.PolicyServiceListen.Count > 0)
            services.AddSingleton<IConnectionListenerFactory>(s => new InlineTransport(settings.PolicyServiceListen, s.GetRequiredService<ILoggerFactory>()));
    }

    /// <summary>Listens where the configuration says.</summary>
    public static void ListenForOwnMta(this KestrelServerOptions kestrel, Settings settings)
    {
        var services = kestrel.ApplicationServices;
        var whereToTurn = $"{settings.Provider.BaseUrl}/portal or {settings.Provider.SupportTelephone}";
        foreach (var endPoint in settings.PolicyServiceListen)
        {
            kestrel.ListenPolicyDelegation(endPoint, new PolicyServiceParts
            {
                Answers = services.GetRequiredService<MtaAnswers>(),
                WhereToTurn = whereToTurn,
            });
        }
    }
}
