using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Configuration;
using Mailreeve.Mail.Inbound;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>The checks whether postmaster@ of customers' domains is read, as a part of the program.</summary>
internal static class Postmasters
{
    private static readonly TimeSpan ReplyWithin = TimeSpan.FromSeconds(60);

    /// <summary>Adds the desk, what takes answers in, and what checks and opens cases, where that is wanted.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="settings">How it is set up.</param>
    /// <param name="key">The secret of the codes.</param>
    public static void AddPostmasters(this IServiceCollection services, Settings settings, byte[] key)
    {
        services.AddSingleton(s => new PostmasterDesk(s.GetRequiredService<Database>(), settings.Provider, key, s.GetRequiredService<IClock>()) { IsOn = settings.ChecksPostmasters })
            .AddSingleton<IClerk, PostmasterReplyClerk>();
        if (!settings.ChecksPostmasters)
            return;
        // What was found long ago, and is not looked at any more, opens no case.
        services.AddSingleton<PostmasterMail>().AddSingleton<IClerk, PostmasterCaseClerk>().AddSingleton<IClerk>(s =>
        {
            var clock = s.GetRequiredService<IClock>();
            var dns = new DnsCache(DnsCache.Resolver(settings.Inbound.Resolver ?? settings.Outbound.DaneResolver), clock);
            var prober = new PostmasterProber(
                dns.AskAnewAsync, (to, stop) => RelayDialler.ConnectAsync(to, settings.RelayTest.Source, stop), settings.Provider.HostName,
                settings.Provider.AbuseAddress, ReplyWithin);
            return new PostmasterClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), prober, s.GetRequiredService<PostmasterMail>(),
                s.GetRequiredService<AbusePolicy>().Terms.ReadPostmasterWithin.Value, clock);
        });
    }
}
