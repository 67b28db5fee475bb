using Mailreeve.Configuration;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.PolicyDelegation;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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
        services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = LocalSocket.Bound);
        if (settings.PolicyServiceListen.Count > 0)
        {
            services.AddHostedService(s => new PolicyServer(
                settings.PolicyServiceListen,
                new PolicyServiceParts { Answers = s.GetRequiredService<MtaAnswers>(), WhereToTurn = settings.WhereToTurn },
                s.GetRequiredService<ILogger<PolicyServer>>()));
        }
    }

    /// <summary>Listens where the configuration says.</summary>
    public static void ListenForOwnMta(this KestrelServerOptions kestrel, Settings settings)
    {
        var parts = new MilterParts
        {
            HostName = settings.Provider.HostName,
            Answers = kestrel.ApplicationServices.GetRequiredService<MtaAnswers>(),
            WhereToTurn = settings.WhereToTurn,
        };
        foreach (var endPoint in settings.MilterListen)
            kestrel.ListenMilter(endPoint, parts);
    }
}
