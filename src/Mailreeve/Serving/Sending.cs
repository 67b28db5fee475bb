using Mailreeve.Configuration;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>The queue of outgoing mail, and what empties it.</summary>
internal static class Sending
{
    private static readonly Gauge Waiting = Metrics.CreateGauge("mailreeve_outbound_queued", "Recipients that wait for their mail to be sent, as counted once a minute.");
    private static readonly Gauge Due = Metrics.CreateGauge("mailreeve_outbound_due", "Of those, the ones that are due, as counted once a minute.");
    private static readonly Counter Sent = Metrics.CreateCounter("mailreeve_outbound_sent_total", "Recipients whose mail was taken by a server, or lies in a mailbox here.");
    private static readonly Counter Deferred = Metrics.CreateCounter("mailreeve_outbound_deferred_total", "Attempts that failed for now.");
    private static readonly Counter Failed = Metrics.CreateCounter("mailreeve_outbound_failed_total", "Recipients whose mail was refused or given up.");
    private static readonly Counter Seconds = Metrics.CreateCounter("mailreeve_outbound_queue_seconds_total", "Seconds that sent mail had waited in the queue.");
    private static readonly Counter Connections = Metrics.CreateCounter("mailreeve_outbound_connections_total", "Connections to other servers that were opened or tried.");

    /// <summary>Adds them.</summary>
    public static void AddSending(this IServiceCollection services, Settings settings, OwnDomains own, byte[] bounceKey)
    {
        services.AddSingleton<Outbox>()
            .AddSingleton(s => new DeliveryReports(settings.Provider, settings.Outbound))
            .AddSingleton(s => new LocalDelivery(
                s.GetRequiredService<MailDelivery>(), new MailIntake(s.GetRequiredService<Database>(), bounceKey), own,
                s.GetRequiredService<LiveViews>(), s.GetRequiredService<Database>(), settings.Provider.HostName, s.GetRequiredService<IClock>())
            {
                Collector = s.GetService<RelayCollector>(),
                WhereToTurn = settings.WhereToTurn,
            })
            .AddSingleton(PartsFor)
            .AddSingleton<IClerk>(s => new DispatchClerk(
                s.GetRequiredService<OutboundParts>(), place => s.GetRequiredService<IGrainFactory>().GetGrain<IDestinationGrain>(place).WakeAsync()))
            .AddSingleton<IClerk, OverdueClerk>()
            .AddSingleton<IClerk, QueueUpkeepClerk>();
    }

    private static OutboundParts PartsFor(IServiceProvider services)
    {
        var parts = new OutboundParts
        {
            Database = services.GetRequiredService<Database>(),
            Options = services.GetRequiredService<OutboundOptions>(),
            Exchangers = services.GetRequiredService<MxLookup>(),
            Dialler = services.GetRequiredService<SmtpDialler>(),
            Tls = services.GetRequiredService<TlsPolicies>(),
            Blocks = () => services.GetRequiredService<LiveViews>().Blocks,
            Segments = services.GetRequiredService<QueueSegments>(),
            Local = services.GetRequiredService<LocalDelivery>(),
            Reports = services.GetRequiredService<DeliveryReports>(),
            Clock = services.GetRequiredService<IClock>(),
            Log = services.GetRequiredService<ILogger<OutboundParts>>(),
        };
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => Show(parts.Counters));
        return parts;
    }

    private static void Show(OutboundCounters counters)
    {
        Waiting.Set(counters.Waiting);
        Due.Set(counters.Due);
        Sent.IncTo(counters.Sent);
        Deferred.IncTo(counters.Deferred);
        Failed.IncTo(counters.Failed);
        Seconds.IncTo(counters.SecondsWaited);
        Connections.IncTo(counters.Connections);
    }
}
