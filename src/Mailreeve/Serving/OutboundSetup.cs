using DnsClient;
using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>What sends mail to others.</summary>
internal static class OutboundSetup
{
    /// <summary>Adds it.</summary>
    public static void AddOutbound(this IServiceCollection services, Settings settings)
    {
        var options = settings.Outbound;
        services.AddSingleton(options)
            .AddSingleton<ILookupClient>(_ => MxLookup.Resolver(options.DaneResolver, validates: options.DaneResolver is not null))
            .AddSingleton(s => new MxLookup(s.GetRequiredService<ILookupClient>(), settings.Provider.HostName, validates: options.DaneResolver is not null))
            .AddSingleton(_ => new SmtpDialler(
                settings.Provider.HostName, (new ClientTimes() with { Connect = options.ConnectTimeout }).AtMost(options.ReplyTimeout), TimeProvider.System))
            .AddSingleton<TlsTally>()
            .AddSingleton(s => Policies(s, options));
        if (options.TlsReports)
            services.AddSingleton<IClerk>(s => ReportClerk(s, settings));
    }

    private static TlsPolicies Policies(IServiceProvider s, OutboundOptions options)
    {
        var resolver = s.GetRequiredService<ILookupClient>();
        return new TlsPolicies(
            options.DaneResolver is null ? null : new TlsaFinder(resolver),
            options.ExchangerPort,
            options.MtaSts
                ? new StsPolicies(s.GetRequiredService<Database>(), resolver, new StsFetch(OutwardHttps.Client(resolver, StsFetch.Timeout)), s.GetRequiredService<IClock>())
                : null,
            options.TlsReports ? s.GetRequiredService<TlsTally>() : null);
    }

    private static TlsReportClerk ReportClerk(IServiceProvider s, Settings settings)
    {
        var resolver = s.GetRequiredService<ILookupClient>();
        var domain = settings.Provider.Domains[0];
        var sender = new TlsReportSender(settings.Provider.Name, domain, $"postmaster@{domain}", $"postmaster@{domain}");
        return new TlsReportClerk(
            s.GetRequiredService<Database>(), s.GetRequiredService<TlsTally>(), resolver, OutwardHttps.Client(resolver, TlsReportClerk.Timeout),
            sender, s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<TlsReportClerk>>());
    }
}
