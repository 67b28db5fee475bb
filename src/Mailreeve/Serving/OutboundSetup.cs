using DnsClient;
using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>How the hosts of others are found, and how securely they are spoken to.</summary>
internal static class OutboundSetup
{
    /// <summary>Adds it.</summary>
    public static void AddOutbound(this IServiceCollection services, Settings settings)
    {
        var options = settings.Outbound;
        var validates = options.DaneResolver is not null;
        services.AddSingleton(options)
            .AddSingleton<ILookupClient>(_ => MxLookup.Resolver(options.DaneResolver, validates))
            .AddSingleton(s => new MxLookup(s.GetRequiredService<ILookupClient>(), settings.Provider.HostName, validates))
            .AddSingleton<TlsTally>()
            .AddSingleton(s => Policies(s, options));
        if (options.TlsReports)
            services.AddSingleton<IClerk>(s => ReportClerk(s, settings));
    }

    private static TlsPolicies Policies(IServiceProvider services, OutboundOptions options)
    {
        var resolver = services.GetRequiredService<ILookupClient>();
        var sts = new StsPolicies(
            services.GetRequiredService<Database>(), resolver, new StsFetch(OutwardHttps.Client(resolver, StsFetch.Timeout)), services.GetRequiredService<IClock>());
        return new TlsPolicies(
            options.DaneResolver is null ? null : new TlsaFinder(resolver),
            options.ExchangerPort,
            options.MtaSts ? sts : null,
            options.TlsReports ? services.GetRequiredService<TlsTally>() : null);
    }

    private static TlsReportClerk ReportClerk(IServiceProvider services, Settings settings)
    {
        var resolver = services.GetRequiredService<ILookupClient>();
        var domain = settings.Provider.Domains[0];
        var sender = new TlsReportSender(settings.Provider.Name, domain, $"postmaster@{domain}", $"postmaster@{domain}");
        return new TlsReportClerk(
            services.GetRequiredService<Database>(), services.GetRequiredService<TlsTally>(), resolver, OutwardHttps.Client(resolver, TlsReportClerk.Timeout),
            sender, services.GetRequiredService<IClock>(), services.GetRequiredService<ILogger<TlsReportClerk>>());
    }
}
