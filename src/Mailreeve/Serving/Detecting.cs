using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Configuration;
using Mailreeve.Network.Detections;
using Mailreeve.Policy;
using Mailreeve.Protocols.Flows;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>What sees scans and break-ins, and what follows, as a part of the program.</summary>
internal static class Detecting
{
    private static readonly Gauge Datagrams = Metrics.CreateGauge(
        "mailreeve_flow_datagrams", "Datagrams with flows that came since the start, by what became of them.", "outcome");
    private static readonly Gauge Records = Metrics.CreateGauge("mailreeve_flow_records", "Flows read since the start.");

    /// <summary>Adds the sensors that are to be, and those who take in what any sensor saw: that may come from commands as well.</summary>
    public static void AddDetection(this IServiceCollection services, Settings settings)
    {
        var options = settings.Detection;
        services.AddSingleton<IClerk>(s => new DetectionCaseClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<CaseBooks>(), s.GetRequiredService<Provider>(), s.GetRequiredService<LiveViews>(), options.Terms,
                s.GetRequiredService<IClock>()))
            .AddSingleton<IClerk>(s => new AttackerBlockClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), s.GetRequiredService<AbusePolicy>(), settings.Provider.NeverBlock, options.Terms,
                s.GetRequiredService<IClock>()));
        foreach (var file in options.Logs)
        {
            services.AddSingleton<IHostedService>(s => new EveFollower(
                file, s.GetRequiredService<Provider>(), s.GetRequiredService<Database>(), options.Terms, s.GetRequiredService<IClock>(),
                s.GetRequiredService<ILogger<EveFollower>>()));
        }

        if (options.Listen.Count > 0)
        {
            services.AddSingleton(options)
                .AddSingleton<FlowCollector>()
                .AddHostedService(s => s.GetRequiredService<FlowCollector>());
        }
    }

    /// <summary>Shows what became of flows.</summary>
    public static void CountFlows(this WebApplication app)
    {
        if (app.Services.GetService<FlowCollector>() is not { } collector)
            return;
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            var counts = collector.Counts;
            foreach (var outcome in Enum.GetValues<FlowOutcome>())
                Datagrams.WithLabels(EnumText.Of(outcome)).Set(counts.Of(outcome));
            Datagrams.WithLabels("unknown-exporter").Set(counts.Unknown);
            Records.Set(counts.Records);
        });
    }
}
