using Mailreeve.Configuration;
using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Storage.Live;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>The name server for our own lists, as a part of the program.</summary>
internal static class ListServing
{
    private static readonly Counter Questions = Metrics.CreateCounter("mailreeve_dnsbl_questions_total", "Questions to our own lists, by what became of them.", "outcome");
    private static readonly Counter Transfers = Metrics.CreateCounter("mailreeve_dnsbl_transfers_total", "Times that the zone of blocked names was fetched.");
    private static readonly Gauge Entries = Metrics.CreateGauge("mailreeve_dnsbl_entries", "Addresses and prefixes in our own list.");

    /// <summary>Adds the server, when there is a list to serve.</summary>
    public static void AddLists(this IServiceCollection services, Settings settings)
    {
        if (settings.Lists is not { Listen.Count: > 0 } options)
            return;
        services.AddSingleton(options)
            .AddSingleton(s => new BlockListings(
                s.GetRequiredService<LiveViews>(), s.GetRequiredService<Provider>().NeverBlock, options, $"{settings.Provider.BaseUrl}/policy", s.GetRequiredService<IClock>()))
            .AddSingleton(s => new ListAnswers(options, s.GetRequiredService<BlockListings>(), s.GetService<BlockedNames>()))
            .AddSingleton<ListServer>()
            .AddHostedService(s => s.GetRequiredService<ListServer>());
        if (options.Names is not { } names)
            return;
        services.AddSingleton(s => new BlockedNames(s.GetRequiredService<LiveViews>(), names));
        if (options.Notify.Count > 0)
            services.AddHostedService<ListNotices>();
    }

    /// <summary>Shows what became of the questions.</summary>
    public static void CountLists(this WebApplication app)
    {
        if (app.Services.GetService<ListServer>() is not { Counts: var counts })
            return;
        var listings = app.Services.GetRequiredService<BlockListings>();
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
        {
            Entries.Set(listings.Index.Count);
            Questions.WithLabels("listed").IncTo(counts.Listed);
            Questions.WithLabels("not-listed").IncTo(counts.NotListed);
            Questions.WithLabels("other").IncTo(counts.Other);
            Questions.WithLabels("refused").IncTo(counts.Refused);
            Questions.WithLabels("malformed").IncTo(counts.Malformed);
            Transfers.IncTo(counts.Transfers);
        });
    }
}
