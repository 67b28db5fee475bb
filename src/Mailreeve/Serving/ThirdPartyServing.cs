using System.Net;
using Mailreeve.Configuration;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy;
using Mailreeve.Storage;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>Subscriptions to lists of others, as a part of the program.</summary>
internal static class ThirdPartyServing
{
    private const int RedirectsMax = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly Gauge Entries = Metrics.CreateGauge("mailreeve_third_party_entries", "Entries in force of a list of others.", "list");
    private static readonly Gauge Good = Metrics.CreateGauge("mailreeve_third_party_good", "Whether a list of others was good the last time it was fetched: 1 or 0.", "list");

    /// <summary>What lists are fetched with.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        MaxAutomaticRedirections = RedirectsMax,
        AutomaticDecompression = DecompressionMethods.All,
    })
    {
        Timeout = Timeout,
    };

    /// <summary>Adds the clerk, also without subscriptions: blocks of one that was given up have to go.</summary>
    public static void AddThirdParties(this IServiceCollection services, Settings settings) =>
        services.AddSingleton(s => new ThirdPartyClerk(
                settings.ThirdParties,
                new ThirdPartyFetch(
                    s.GetRequiredService<Database>(), s.GetRequiredService<Provider>(), s.GetRequiredService<AbusePolicy>().Revision, Client(), s.GetRequiredService<IClock>()),
                s.GetRequiredService<Database>(), s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<ThirdPartyClerk>>()))
            .AddSingleton<IClerk>(s => s.GetRequiredService<ThirdPartyClerk>());

    /// <summary>Shows how they fare.</summary>
    public static void CountThirdParties(this WebApplication app)
    {
        var clerk = app.Services.GetRequiredService<ThirdPartyClerk>();
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            foreach (var list in clerk.Seen)
            {
                Entries.WithLabels(list.Name).Set(list.Entries);
                Good.WithLabels(list.Name).Set(list.Problem is null ? 1 : 0);
            }
        });
    }
}
