using Mailreeve.Configuration;
using Mailreeve.Network.Relay;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>The tests whether customers' hosts relay, as a part of the program.</summary>
internal static class RelayTesting
{
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
            .AddSingleton<IClerk, RelayTestClerk>()
            .AddSingleton<IClerk>(s => new RelayCollectorClerk(
                s.GetRequiredService<Database>(), key, s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<RelayCollectorClerk>>()));
    }
}
