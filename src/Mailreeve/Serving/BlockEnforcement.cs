using Mailreeve.Configuration;
using Mailreeve.Network.Enforcement;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>Enforces blocks by the packet filter of this machine, where that is wanted.</summary>
internal sealed class BlockEnforcement(EnforcementLoop loop) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => loop.RunAsync(stoppingToken), stoppingToken);
}

/// <summary>Wires <see cref="BlockEnforcement"/>.</summary>
internal static class EnforcementSetup
{
    private const string Nftables = "nftables";

    private static readonly Gauge Elements = Metrics.CreateGauge("mailreeve_enforcement_entries", "Entries in force at a back end, read back.", "back_end");
    private static readonly Counter Drift = Metrics.CreateCounter(
        "mailreeve_enforcement_drift_total", "Entries of a back end that others had changed and that were put right.", "back_end");
    private static readonly Counter Comparisons = Metrics.CreateCounter(
        "mailreeve_enforcement_comparisons_total", "Times that a back end was read back whole and was, or was made, as it should be.", "back_end");
    private static readonly Counter Failures = Metrics.CreateCounter("mailreeve_enforcement_failures_total", "Times that a back end failed.", "back_end");

    public static void AddEnforcement(this IServiceCollection services, Settings settings)
    {
        if (!settings.EnforcesByNftables)
            return;
        services.AddSingleton(s => new EnforcementLoop(
            Nftables, NftablesBackEnd.TryOpen, s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(),
            s.GetRequiredService<Provider>().NeverBlock, new EnforcementOptions { Node = settings.Node },
            s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<EnforcementLoop>>()));
        services.AddHostedService<BlockEnforcement>();
    }

    public static void CountEnforcement(this WebApplication app)
    {
        if (app.Services.GetService<EnforcementLoop>() is not { Figures: var figures })
            return;
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            Elements.WithLabels(Nftables).Set(figures.Elements);
            Drift.WithLabels(Nftables).IncTo(figures.Drift);
            Comparisons.WithLabels(Nftables).IncTo(figures.Comparisons);
            Failures.WithLabels(Nftables).IncTo(figures.Failures);
        });
    }
}
