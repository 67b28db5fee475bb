using Mailreeve.Configuration;
using Mailreeve.Network.Enforcement;
using Mailreeve.Network.Enforcement.Bgp;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>Enforces blocks by each back end that is wanted.</summary>
internal sealed class BlockEnforcement(IEnumerable<EnforcementLoop> loops) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(stoppingToken), stoppingToken)));
}

/// <summary>Wires <see cref="BlockEnforcement"/>.</summary>
internal static class EnforcementSetup
{
    private static readonly Gauge Elements = Metrics.CreateGauge("mailreeve_enforcement_entries", "Entries in force at a back end, read back; where that cannot be, announced.", "back_end");
    private static readonly Counter Drift = Metrics.CreateCounter(
        "mailreeve_enforcement_drift_total", "Entries of a back end that others had changed and that were put right.", "back_end");
    private static readonly Counter Comparisons = Metrics.CreateCounter(
        "mailreeve_enforcement_comparisons_total", "Times that a back end was read back whole and was, or was made, as it should be.", "back_end");
    private static readonly Counter Failures = Metrics.CreateCounter("mailreeve_enforcement_failures_total", "Times that a back end failed.", "back_end");

    public static void AddEnforcement(this IServiceCollection services, Settings settings)
    {
        var options = new EnforcementOptions { Node = settings.Enforcement.Node };
        if (settings.Enforcement.Nftables)
            Add("nftables", _ => Task.FromResult<IBlockBackEnd?>(NftablesBackEnd.TryOpen()), options);
        foreach (var peer in settings.Enforcement.BgpPeers)
            Add(peer.Name, async stop => await BgpBackEnd.OpenAsync(peer, stop), options with { PauseMax = TimeSpan.FromSeconds(30) });
        services.AddHostedService<BlockEnforcement>();

        void Add(string name, Func<CancellationToken, Task<IBlockBackEnd?>> open, EnforcementOptions options) =>
            services.AddSingleton(s => new EnforcementLoop(
                name, open, s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), s.GetRequiredService<Provider>().NeverBlock, options,
                s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<EnforcementLoop>>()));
    }

    public static void CountEnforcement(this WebApplication app)
    {
        foreach (var loop in app.Services.GetServices<EnforcementLoop>())
        {
            var figures = loop.Figures;
            Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
            {
                Elements.WithLabels(loop.Name).Set(figures.Elements);
                Drift.WithLabels(loop.Name).IncTo(figures.Drift);
                Comparisons.WithLabels(loop.Name).IncTo(figures.Comparisons);
                Failures.WithLabels(loop.Name).IncTo(figures.Failures);
            });
        }
    }
}
