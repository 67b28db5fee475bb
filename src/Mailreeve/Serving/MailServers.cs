using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Configuration;
using Mailreeve.Mail.Imap;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Pop3;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Segments;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>The mailboxes, and the servers through which they are read.</summary>
internal static class MailServers
{
    /// <summary>Adds the mailboxes and what keeps them.</summary>
    public static void AddMailboxes(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(s => new MailboxBoard(s.GetRequiredService<MailboxFill>().Note))
            .AddSingleton<MailboxCapacity>()
            .AddSingleton<MailDelivery>()
            .AddSingleton<Summaries>()
            .AddSingleton<IClerk, RetentionClerk>();
    }

    /// <summary>Listens where the configuration says.</summary>
    public static void ListenForMailboxes(this KestrelServerOptions kestrel, Settings settings)
    {
        var imap = ImapParts(settings, kestrel.ApplicationServices);
        foreach (var endPoint in settings.Imap.Listen)
            kestrel.ListenImap(endPoint, imap);
        foreach (var endPoint in settings.Imap.ListenTls)
            kestrel.ListenImaps(endPoint, imap);
        var pop3 = Pop3Parts(settings, kestrel.ApplicationServices);
        foreach (var endPoint in settings.Pop3.Listen)
            kestrel.ListenPop3(endPoint, pop3);
        foreach (var endPoint in settings.Pop3.ListenTls)
            kestrel.ListenPop3s(endPoint, pop3);
    }

    private static ImapServerParts ImapParts(Settings settings, IServiceProvider services)
    {
        var limits = new ImapServerLimits();
        return new ImapServerParts
        {
            HostName = settings.Provider.HostName,
            Limits = limits with
            {
                ConnectionsMax = settings.Imap.ConnectionsMax ?? limits.ConnectionsMax,
                ConnectionsPerAddress = settings.Imap.ConnectionsPerAddress ?? limits.ConnectionsPerAddress,
            },
            Tls = services.GetService<ServerTls>(),
            AllowsPlain = settings.Imap.AllowsPlain,
            SignIn = SignInWith(services.GetRequiredService<MailboxSignIn>(), settings),
            Grains = services.GetRequiredService<IGrainFactory>(),
            Board = services.GetRequiredService<MailboxBoard>(),
            Capacity = services.GetRequiredService<MailboxCapacity>(),
            Use = mailbox => Use(mailbox, services.GetRequiredService<LiveViews>(), services.GetRequiredService<LastUse>()),
            Segments = services.GetRequiredService<SegmentStore>(),
            Delivery = services.GetRequiredService<MailDelivery>(),
            Summaries = services.GetRequiredService<Summaries>(),
            Clock = services.GetRequiredService<IClock>(),
        };
    }

    private static Pop3ServerParts Pop3Parts(Settings settings, IServiceProvider services)
    {
        var limits = new Pop3Limits();
        return new Pop3ServerParts
        {
            HostName = settings.Provider.HostName,
            Limits = limits with
            {
                ConnectionsMax = settings.Pop3.ConnectionsMax ?? limits.ConnectionsMax,
                ConnectionsPerAddress = settings.Pop3.ConnectionsPerAddress ?? limits.ConnectionsPerAddress,
            },
            Tls = services.GetService<ServerTls>(),
            AllowsPlain = settings.Pop3.AllowsPlain,
            SignIn = SignInWith(services.GetRequiredService<MailboxSignIn>(), settings),
            Grains = services.GetRequiredService<IGrainFactory>(),
            Board = services.GetRequiredService<MailboxBoard>(),
            Segments = services.GetRequiredService<SegmentStore>(),
            RetentionDays = () => services.GetRequiredService<AbusePolicy>().Terms.MessageRetention.Value.Days,
        };
    }

    private static bool Use(MailboxId mailbox, LiveViews views, LastUse uses)
    {
        if (views.Mailboxes.Find(mailbox) is not { State: MailboxState.Active })
            return false;
        uses.Note(mailbox);
        return true;
    }

    // The mail servers know mailboxes, and the accounts know passwords; here they meet.
    internal static Func<string, string, Address, CancellationToken, Task<MailSignIn>> SignInWith(MailboxSignIn accounts, Settings settings) =>
        async (user, password, client, stop) => await accounts.VerifyAsync(user, password, client, stop) switch
        {
            MailboxSignInResult.Accepted accepted => new MailSignIn.Accepted(accepted.Mailbox),
            MailboxSignInResult.Suspended => new MailSignIn.Unavailable($"This mailbox is suspended; ask our support, {settings.Provider.SupportTelephone}"),
            MailboxSignInResult.TooManyAttempts late => new MailSignIn.TryLater(late.Wait),
            _ => new MailSignIn.Refused(),
        };
}
