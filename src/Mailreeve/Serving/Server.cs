using System.Net;
using DnsClient;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Clerks;
using Mailreeve.Configuration;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Lmtp;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Network;
using Mailreeve.Network.Webhooks;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Web;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>The whole program, assembled: database, live views, SMTP, clerks, pages.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Database database;
    private readonly LiveViews views;
    private readonly MailStorage mail;

    private Server(WebApplication app, Database database, LiveViews views, MailStorage mail)
    {
        (this.app, this.database, this.views, this.mail) = (app, database, views, mail);
    }

    /// <summary>The database.</summary>
    public Database Database => database;

    /// <summary>What the program is made of.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Starts the program; when this returns, it takes mail and shows pages.</summary>
    /// <param name="settings">How it is set up.</param>
    /// <param name="policy">The policy, checked.</param>
    /// <param name="clock">The time.</param>
    /// <param name="stop">Stops the start.</param>
    /// <exception cref="PolicyChangedException">The policy was changed without a new revision.</exception>
    public static async Task<Server> StartAsync(Settings settings, PolicyInForce policy, IClock clock, CancellationToken stop)
    {
        System.IO.Directory.CreateDirectory(settings.DataFolder);
        var database = Storage.Database.Open(settings.Database);
        MailStorage? mail = null;
        try
        {
            var keys = await database.WriteAsync(db => KeepAsync(db, policy, clock.GetCurrentInstant(), stop), stop);
            await SigningKeyClerk.PrepareAsync(database, settings.Provider, clock, stop);
            var views = await LiveViews.LoadAsync(database, stop);
            mail = await MailStorage.OpenAsync(settings, database, clock, stop);
            var app = Build(settings, policy, clock, database, views, mail, keys);
            await app.StartAsync(stop);
            Announce(app, settings, policy);
            return new Server(app, database, views, mail);
        }
        catch
        {
            if (mail is not null)
                await mail.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until the program is told to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken stop) => app.WaitForShutdownAsync(stop);

    /// <summary>Stops: no new mail, what is under way is finished, clerks end at the next row.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await mail.DisposeAsync();
        views.Dispose();
        await database.DisposeAsync();
    }

    private sealed record Keys(byte[] Bounce, byte[] Redaction, byte[] Feedback, byte[] Recipients, byte[] Greylist, byte[] Reporters, byte[] Relay, byte[] Postmaster);

    // Keys are made once and stay; the revision in force is kept for ever, so that an old decision can be read with its own words.
    private static async Task<Keys> KeepAsync(DbSession db, PolicyInForce policy, Instant now, CancellationToken stop)
    {
        var revision = policy.Policy.Revision;
        if (await new PolicyRevisionStore(db).KeepAsync(revision, policy.Text, now, stop) == RevisionKept.Differs)
        {
            throw new PolicyChangedException(
                $"policy.toml says revision {revision}, but that revision was in force with other words. Give the changed policy a new revision.");
        }

        var secrets = new SecretStore(db);
        return new Keys(
            await secrets.GetOrCreateAsync("bounce", 32, stop),
            await secrets.GetOrCreateAsync("redaction", 32, stop),
            await secrets.GetOrCreateAsync("feedback", 32, stop),
            await secrets.GetOrCreateAsync("recipients", 32, stop),
            await secrets.GetOrCreateAsync("greylist", 32, stop),
            await secrets.GetOrCreateAsync("reporters", 32, stop),
            await secrets.GetOrCreateAsync("relay", 32, stop),
            await secrets.GetOrCreateAsync("postmaster", 32, stop));
    }

    private static WebApplication Build(
        Settings settings, PolicyInForce policy, IClock clock, Database database, LiveViews views, MailStorage mail, Keys keys)
    {
        var own = new OwnDomains(settings.Provider.Domains);
        var builder = WebApplication.CreateSlimBuilder();
        Logging.Configure(builder.Logging, settings);
        builder.Services.AddSingleton(settings)
            .AddSingleton(settings.Provider)
            .AddSingleton(policy.Policy)
            .AddSingleton(new NoticeTemplates(policy.Notices))
            .AddSingleton(OfferedServices.Of(settings) with
            {
                DaysKept = DaysKept(policy),
                Serves = domain => own.Contains(domain) || views.Mailboxes.FindDomain(domain) is not null,
            })
            .AddSingleton(clock)
            .AddSingleton(database)
            .AddSingleton(views)
            .AddSingleton(mail.Segments)
            .AddSingleton(mail.Journal)
            .AddSingleton(mail.Queue)
            .AddSingleton(new BounceKey(keys.Bounce))
            .AddSingleton(new RedactionKey(keys.Redaction))
            .AddSingleton(new ReportCodeKey(keys.Reporters))
            .AddSingleton(new FeedbackKey(keys.Feedback))
            .AddSingleton(s => new OutgoingSigner(() => views.SigningKeys, settings.Provider, s.GetRequiredService<FeedbackKey>()));
        AddSlices(builder.Services, settings);
        builder.Services.AddCertificates(settings);
        builder.Services.AddSending(settings, own, keys.Bounce);
        builder.Services.AddMailboxes(settings);
        builder.Services.AddInbound(settings, keys.Greylist);
        builder.Services.AddSubmission(settings, keys.Recipients);
        builder.Services.AddOwnMta(settings);
        builder.Services.AddEnforcement(settings);
        builder.Services.AddLists(settings);
        builder.Services.AddThirdParties(settings);
        builder.Services.AddBouncers(settings);
        builder.Services.AddRelayTests(settings, keys.Relay);
        builder.Services.AddPostmasters(settings, keys.Postmaster);
        AddPages(builder.Services, settings);
        builder.Services.AddHostedService<ViewFollower>();
        builder.Services.AddHostedService<ClerkStarter>();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(LocalPorts.Free(), LocalPorts.Free()));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var endPoint in settings.WebListen)
                kestrel.Listen(endPoint);
            kestrel.ListenForPagesUnderTls(settings);
            foreach (var endPoint in settings.SmtpListen)
                kestrel.ListenSmtp(endPoint, SmtpParts(settings, kestrel.ApplicationServices, keys));
            foreach (var endPoint in settings.LmtpListen)
                kestrel.ListenLmtp(endPoint, SmtpParts(settings, kestrel.ApplicationServices, keys));
            kestrel.ListenForMailboxes(settings);
            kestrel.ListenForSubmission(settings, SmtpParts(settings, kestrel.ApplicationServices, keys));
            kestrel.ListenForOwnMta(settings);
            kestrel.ListenForBouncers(settings);
        });

        var app = builder.Build();
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => BlocksInForce.Set(views.Blocks.Count));
        var watch = app.Services.GetRequiredService<ClockWatch>();
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => ClockLeapt.Set(watch.HasLeapt ? 1 : 0));
        app.CountCertificates();
        app.CountAccounting();
        app.CountFlows();
        app.CountRelayTests();
        app.CountEnforcement();
        app.CountLists();
        app.CountThirdParties();
        app.UseProofs(settings.Provider.BaseUrl);
        app.UseBouncers();
        app.UseWhen(IsMetrics, branch => branch.UseMetricServer());
        app.MapMailreeveWeb();
        return app;
    }

    // A mail program counts in days. A fraction is rounded down: it must not rely on what may be gone.
    private static int DaysKept(PolicyInForce policy) => Math.Max(1, policy.Policy.Terms.MessageRetention.Value.Days);

    private static readonly Gauge BlocksInForce = Metrics.CreateGauge("mailreeve_blocks_in_force", "Blocks in force.");
    private static readonly Gauge ClockLeapt = Metrics.CreateGauge(
        "mailreeve_clock_leapt", "Whether this machine's clock was found far ahead, so that nothing is deleted for its age: 1 or 0.");

    // Figures are for the machine's own collector; a proxy in front does not pass the path on.
    private static bool IsMetrics(HttpContext http) =>
        http.Request.Path == "/metrics" && http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For");

    private static void AddSlices(IServiceCollection services, Settings settings)
    {
        services.AddOutbound(settings);
        services.AddSingleton<DkimKeyLookup>()
            .AddSingleton<IClerk, SigningKeyClerk>()
            .AddSingleton(s => InboundServing.SuffixesFrom(settings.Inbound.SuffixList, s))
            .AddSingleton<CaseBooks>()
            .AddSingleton<CaseDesk>()
            .AddSingleton<CaseEvidence>()
            .AddSingleton<NoticeWriter>()
            .AddSingleton<ReporterAnswers>()
            .AddSingleton<AnswerWriter>()
            .AddSingleton(s => new RegistryContacts(
                s.GetRequiredService<Database>(),
                settings.AsksRegistries ? OutwardHttps.Client(s.GetRequiredService<ILookupClient>(), RegistryContacts.Timeout) : null,
                RegistryContacts.Iana, s.GetRequiredService<IClock>(), s.GetRequiredService<ILogger<RegistryContacts>>()))
            .AddSingleton<IClerk, AnswerClerk>()
            .AddSingleton<IClerk, ReportClerk>()
            .AddSingleton<IClerk>(s => HostClerkOf(s, settings))
            .AddSingleton<IClerk, NoticeClerk>()
            .AddSingleton<IClerk, NoticeOutcomeClerk>()
            .AddSingleton<IClerk, DeadlineClerk>()
            .AddSingleton<IClerk, ExpiredBlockClerk>()
            .AddSingleton<IClerk, RelayCaseClerk>()
            .AddSingleton<IClerk, BlockExpiryClerk>()
            .AddSingleton(settings.SuspensionBackEnds)
            .AddSingleton<IClerk, HandWorkClerk>()
            .AddSingleton<IClerk>(s => new CustomerBlockClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), settings.Provider.NeverBlock, s.GetRequiredService<IClock>()))
            .AddSingleton<IClerk, LostSessionClerk>()
            .AddSingleton<ClockWatch>()
            .AddSingleton<IClerk>(s => new WhoRetentionClerk(s.GetRequiredService<Database>(), settings.WhoRetention, s.GetRequiredService<ClockWatch>(), s.GetRequiredService<IClock>()));
        if (settings.Enforcement.Webhooks.Count > 0)
        {
            services.AddSingleton<IClerk>(s => new WebhookClerk(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), settings.Enforcement.Webhooks, s.GetRequiredService<IClock>()));
        }

        services.AddAccounting(settings);
        services.AddDetection(settings);
        AddMailboxAccounts(services, settings);
    }

    // The answers that checks of mail have got serve here too; a name that is reported is asked for anew, for the times are kept.
    private static HostClerk HostClerkOf(IServiceProvider s, Settings settings)
    {
        var clock = s.GetRequiredService<IClock>();
        var dns = s.GetService<DnsCache>()
            ?? new DnsCache(DnsCache.Resolver(settings.Inbound.Resolver ?? settings.Outbound.DaneResolver), clock);
        return new HostClerk(s.GetRequiredService<Database>(), dns.AskAnewAsync, clock);
    }

    private static void AddMailboxAccounts(IServiceCollection services, Settings settings)
    {
        services.AddSingleton<LastUse>()
            .AddSingleton<MailboxFill>()
            .AddSingleton<MailboxNotices>()
            .AddSingleton<MailboxDesk>()
            .AddSingleton(s => new MailboxSignIn(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), s.GetRequiredService<PasswordHashing>(),
                s.GetRequiredService<AttemptThrottle>(), s.GetRequiredService<LastUse>(), settings.Provider.Domains, s.GetRequiredService<IClock>()))
            .AddSingleton<IClerk, LastUseClerk>()
            .AddSingleton<IClerk, InactivityClerk>()
            .AddSingleton<IClerk, StorageChargeClerk>()
            .AddSingleton<IClerk, FillClerk>();
    }

    private static void AddPages(IServiceCollection services, Settings settings)
    {
        services.AddSingleton<PasswordHashing>()
            .AddSingleton<AttemptThrottle>()
            .AddSingleton<CustomerSignIn>()
            // The codes are those of a telephone, which knows the real time only.
            .AddSingleton(s => new OperatorSignIn(
                s.GetRequiredService<Database>(), s.GetRequiredService<PasswordHashing>(), s.GetRequiredService<AttemptThrottle>(),
                SystemClock.Instance, settings.Provider.Name))
            .AddSingleton<NumberMailWriter>()
            .AddSingleton(s => new ForgottenNumber(
                s.GetRequiredService<Database>(), s.GetRequiredService<AttemptThrottle>(), s.GetRequiredService<IClock>(),
                s.GetRequiredService<NumberMailWriter>().Write));
        var clerks = new ClerkHealth();
        services.AddSingleton(clerks);
        services.AddMailreeveWeb(new WebOptions
        {
            NotReady = _ => Task.FromResult<IReadOnlyList<string>>([.. clerks.Problems()]),
            Provider = settings.Provider,
            KeysFolder = Path.Combine(settings.DataFolder, "keys"),
            TrustedProxies = settings.TrustedProxies,
        });
    }

    private static SmtpServerParts SmtpParts(Settings settings, IServiceProvider services, Keys keys) => new()
    {
        HostName = settings.Provider.HostName,
        Domains = new OwnDomains(settings.Provider.Domains),
        Collector = services.GetService<RelayCollector>(),
        WhereToTurn = settings.WhereToTurn,
        Limits = settings.SmtpLimits,
        Tls = services.GetService<ServerTls>(),
        Blocks = () => services.GetRequiredService<LiveViews>().Blocks,
        Mailboxes = services.GetRequiredService<MailDelivery>(),
        Checks = services.GetService<InboundChecks>(),
        Submission = services.GetRequiredService<SubmissionDoor>(),
        Keep = new MailIntake(services.GetRequiredService<Database>(), keys.Bounce).KeepAsync,
        Clock = services.GetRequiredService<IClock>(),
    };

    private static void Announce(WebApplication app, Settings settings, PolicyInForce policy)
    {
        var version = typeof(Server).Assembly.GetName().Version!.ToString(3);
        app.Logger.Up(version, policy.Policy.Revision, string.Join(", ", settings.SmtpListen),
            string.Join(", ", settings.WebListen.Concat(settings.WebListenTls)));
    }
}
