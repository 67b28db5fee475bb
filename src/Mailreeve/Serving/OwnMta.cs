using Mailreeve.Configuration;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.PolicyDelegation;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage;
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
        services.AddSingleton<SenderCounts>();
        services.AddSingleton(s => new OutgoingFields(
            s.GetRequiredService<SubmissionIds>(), s.GetRequiredService<OutgoingSigner>(), s.GetRequiredService<Database>(), settings.Provider.HostName,
            s.GetRequiredService<IClock>()));
        services.AddSingleton(s => new MtaAnswers
        {
            Domains = new OwnDomains(settings.Provider.Domains),
            Views = s.GetRequiredService<LiveViews>(),
            Mailboxes = s.GetRequiredService<MailDelivery>(),
            Count = s.GetRequiredService<SenderCounts>().CountAsync,
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
        var services = kestrel.ApplicationServices;
        var parts = new MilterParts
        {
            HostName = settings.Provider.HostName,
            Answers = services.GetRequiredService<MtaAnswers>(),
            Outgoing = services.GetRequiredService<OutgoingFields>().OfAsync,
            Incoming = services.GetService<InboundChecks>() is { } checks ? new IncomingFields(checks).OfAsync : null,
            WhereToTurn = settings.WhereToTurn,
        };
        foreach (var endPoint in settings.MilterListen)
            kestrel.ListenMilter(endPoint, parts);
    }
}
