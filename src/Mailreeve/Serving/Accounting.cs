using Mailreeve.Configuration;
using Mailreeve.Network.Access;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>RADIUS accounting, as a part of the program.</summary>
internal static class Accounting
{
    private static readonly Gauge Packets = Metrics.CreateGauge(
        "mailreeve_radius_accounting_packets", "Packets that came for accounting since the start, by what became of them.", "outcome");

    /// <summary>Adds the server, when it is to listen anywhere.</summary>
    public static void AddAccounting(this IServiceCollection services, Settings settings)
    {
        if (settings.Accounting.Listen.Count == 0)
            return;
        services.AddSingleton(settings.Accounting)
            .AddSingleton<AccountingServer>()
            .AddHostedService(s => s.GetRequiredService<AccountingServer>());
        if (settings.Accounting.Clients.Any(c => c.Control is not null))
        {
            services.AddSingleton<IClerk>(s => new SessionOrderClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), settings.Accounting, s.GetRequiredService<Provider>().NeverBlock,
                s.GetRequiredService<IClock>()));
        }
    }

    /// <summary>Shows what became of the packets.</summary>
    public static void CountAccounting(this WebApplication app)
    {
        if (app.Services.GetService<AccountingServer>() is not { } server)
            return;
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            var counts = server.Counts;
            Packets.WithLabels("taken").Set(counts.Taken);
            Packets.WithLabels("unknown-client").Set(counts.UnknownClient);
            Packets.WithLabels("malformed").Set(counts.Malformed);
            Packets.WithLabels("forged").Set(counts.Forged);
            Packets.WithLabels("overloaded").Set(counts.Overloaded);
            Packets.WithLabels("failed").Set(counts.Failed);
        });
    }
}
