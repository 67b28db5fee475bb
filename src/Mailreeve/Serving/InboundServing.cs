using Mailreeve.Configuration;
using Mailreeve.Mail.Inbound;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>The checks of mail from outside.</summary>
internal static class InboundServing
{
    /// <summary>Adds the checks, unless they are off.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="settings">How it is set up.</param>
    /// <param name="greylistKey">The secret that makes the keys of greylisting.</param>
    public static void AddInbound(this IServiceCollection services, Settings settings, byte[] greylistKey)
    {
        if (settings.Inbound.IsOff)
            return;
        var options = settings.Inbound.Options;
        services.AddSingleton(options)
            .AddSingleton(s => new DnsCache(DnsCache.Resolver(settings.Inbound.Resolver ?? settings.Outbound.DaneResolver), s.GetRequiredService<IClock>()))
            .AddSingleton(s => new DnsListWatch(options.Lists, s.GetRequiredService<DnsCache>(), s.GetRequiredService<ILogger<DnsListWatch>>()))
            .AddSingleton(s => new Greylist(s.GetRequiredService<Database>(), options, greylistKey, s.GetRequiredService<IClock>()))
            .AddSingleton<InboundJournal>()
            .AddHostedService<InboundUpkeep>();
        if (options.Rspamd is not null)
            services.AddSingleton<RspamdClient>();
        if (options.Clamd is not null)
            services.AddSingleton<ClamdClient>();
        services.AddSingleton(s => new InboundChecks(
            options, settings.Provider.HostName, new OwnDomains(settings.Provider.Domains), s.GetRequiredService<PublicSuffixList>(),
            s.GetRequiredService<DnsCache>(), s.GetRequiredService<DnsListWatch>(), s.GetRequiredService<Greylist>(),
            s.GetService<RspamdClient>(), s.GetService<ClamdClient>(), s.GetRequiredService<InboundJournal>(), s.GetRequiredService<IClock>(), TimeProvider.System));
    }

    // Without the list, what is in the program tells whose a domain is nearly as well; mail must not wait for a package.
    internal static PublicSuffixList SuffixesFrom(string path, IServiceProvider services) =>
        SuffixesFrom(path, why => services.GetRequiredService<ILogger<InboundChecks>>().NoSuffixList(path, why));

    /// <summary>The list in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="missing">Called with the reason why what is in the program has to do.</param>
    internal static PublicSuffixList SuffixesFrom(string path, Action<string> missing)
    {
        try
        {
            return PublicSuffixList.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            missing(e.Message);
            return PublicSuffixList.BuiltIn;
        }
    }
}
