using Mailreeve.Configuration;
using Mailreeve.Network.Relay;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>The tests whether customers' hosts relay, as a part of the program.</summary>
internal static class RelayTesting
{
    private static readonly Gauge Runs = Metrics.CreateGauge("mailreeve_relay_runs", "Relay tests that have their result, by what they have shown, as counted once a minute.", "verdict");
    private static readonly Gauge UnderWay = Metrics.CreateGauge("mailreeve_relay_runs_under_way", "Relay tests without a result yet, by where they stand, as counted once a minute.", "state");
    private static readonly Counter Rounds = Metrics.CreateCounter("mailreeve_relay_rounds_total", "Times that a host was connected to for a relay test.");
    private static readonly Counter Seconds = Metrics.CreateCounter("mailreeve_relay_round_seconds_total", "Seconds that these took.");

    /// <summary>Adds the desk, which says that none are made where none are, and what makes them.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="settings">How it is set up.</param>
    /// <param name="key">The secret of the tokens.</param>
    public static void AddRelayTests(this IServiceCollection services, Settings settings, byte[] key)
    {
        var options = settings.RelayTest;
        services.AddSingleton(options).AddSingleton<RelayDesk>();
        if (!options.IsOn)
            return;
        services.AddSingleton(new RelayCollector(options.Domains, options.CollectorAddress, key))
            .AddSingleton(s => new RelayTester(
                options, settings.Provider, key, s.GetRequiredService<IClock>(), (to, stop) => RelayDialler.ConnectAsync(to, options.Source, stop)))
            .AddSingleton<RelayFigures>()
            .AddSingleton<IClerk, RelayTestClerk>()
            .AddSingleton<IClerk>(s => new RelayCollectorClerk(
                s.GetRequiredService<Database>(), key, s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<RelayCollectorClerk>>()));
    }

    /// <summary>Shows how tests fare, on the node that makes them.</summary>
    public static void CountRelayTests(this WebApplication app)
    {
        if (app.Services.GetService<RelayFigures>() is not { } figures)
            return;
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            var runs = figures.Runs;
            foreach (var verdict in Enum.GetValues<RelayRunVerdict>().Where(RelayRules.IsFinal))
                Runs.WithLabels(EnumText.Of(verdict)).Set(runs.Where(r => r.State == RelayRunState.Done && r.Verdict == verdict).Sum(r => r.Runs));
            foreach (var state in Enum.GetValues<RelayRunState>().Where(s => s != RelayRunState.Done))
                UnderWay.WithLabels(EnumText.Of(state)).Set(runs.Where(r => r.State == state).Sum(r => r.Runs));
            Rounds.IncTo(figures.Rounds);
            Seconds.IncTo(figures.Seconds);
        });
    }
}
