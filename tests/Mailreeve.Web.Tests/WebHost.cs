using System.Net;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Mail.Senders;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Testing;
using OtpNet;

namespace Mailreeve.Web.Tests;

/// <summary>The pages on a real server and a real database, with three customers and four operators; the clock stands still.</summary>
public sealed class WebHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    /// <summary>Nobody of theirs may ever stand on a customer's page.</summary>
    public const string Canary = "zanzibar-canary";

    /// <summary>Key of a reporter's, for the API.</summary>
    public const string ReportCodeKey = "mrk_of-a-test";

    private static readonly byte[] TotpSecret = [.. Enumerable.Range(1, 20).Select(n => (byte)n)];

    private readonly TestDatabase testDatabase;
    private readonly WebApplication app;

    private WebHost(TestDatabase testDatabase, WebApplication app, FakeClock clock)
    {
        (this.testDatabase, this.app, Clock) = (testDatabase, app, clock);
        BaseAddress = new Uri(app.Urls.First());
    }

    public static Provider Provider { get; } = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "http://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24"), Prefix.Parse("2001:db8::/32")],
        NeverBlock = [],
    };

    /// <summary>All that can be offered, for our domain and for one of a customer's.</summary>
    public static MailServices Services { get; } = new()
    {
        ProviderName = Provider.Name,
        Domains = Provider.Domains,
        HostName = Provider.HostName,
        BaseUrl = Provider.BaseUrl,
        SupportTelephone = Provider.SupportTelephone,
        Imap = new MailPorts(993, 143),
        Pop3 = new MailPorts(995, 110),
        Submission = new MailPorts(465, 587),
        DaysKept = 30,
        Serves = domain => domain.ToLowerInvariant() is "provider.example" or "alder.example",
    };

    /// <summary>Has 192.0.2.0/28.</summary>
    public static CustomerFact Alder { get; } = Customer(1, "Alder Hosting", null);

    /// <summary>Has 192.0.2.16/28.</summary>
    public static CustomerFact Birch { get; } = Customer(2, "Birch & Sons", null);

    /// <summary>Customer of Alder; has 192.0.2.8/29.</summary>
    public static CustomerFact Cedar { get; } = Customer(3, "Cedar Shop", Alder.Id);

    public FakeClock Clock { get; }

    public Uri BaseAddress { get; }

    public Database Database => testDatabase.Database;

    public IEnumerable<RouteEndpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public static async Task<WebHost> StartAsync(Func<WebOptions, WebOptions>? change = null, MailServices? services = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var testDatabase = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var views = await LiveViews.LoadAsync(testDatabase.Database, stop);
        // Cookies go by the machine's time, codes and cases by this one.
        var clock = Some.Clock();
        var options = new WebOptions { Provider = Provider, KeysFolder = RunFolder.NewFolder("keys"), FormReportsPerMinute = 1000, SignInsPerMinute = 1000 };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddSingleton(ShippedPolicy.Policy).AddSingleton(Provider).AddSingleton(new NoticeTemplates(ShippedPolicy.Notices))
            .AddSingleton<IClock>(clock).AddSingleton(testDatabase.Database).AddSingleton(views).AddSingleton(services ?? Services)
            .AddSingleton(new BounceKey(new byte[32])).AddSingleton(new RedactionKey(new byte[32])).AddSingleton(new ReportCodeKey(new byte[32]))
            .AddSingleton(PublicSuffixList.BuiltIn).AddSingleton<CaseBooks>().AddSingleton<CaseDesk>().AddSingleton<CaseEvidence>().AddSingleton<NoticeWriter>()
            .AddSingleton<ReporterAnswers>().AddSingleton<AnswerWriter>().AddSingleton<ReportClerk>().AddSingleton<DeadlineClerk>()
            .AddSingleton(new PasswordHashing(iterations: 1)).AddSingleton<AttemptThrottle>().AddSingleton<CustomerSignIn>()
            .AddSingleton(new RelayTestOptions { Collector = "collector.example", HeloName = "relay-test.provider.example" }).AddSingleton<RelayDesk>()
            .AddSingleton(s => ActivatorUtilities.CreateInstance<PostmasterDesk>(s, new byte[32]))
            .AddSingleton<MailboxDesk>().AddSingleton<HoldDesk>()
            .AddSingleton(s => ActivatorUtilities.CreateInstance<OperatorSignIn>(s, Provider.Name))
            .AddSingleton(s => ActivatorUtilities.CreateInstance<ForgottenNumber>(s, (WriteNumberMail)((_, _) => new NumberMail("", [1]))))
            .AddMailreeveWeb(change?.Invoke(options) ?? options);
        var app = builder.Build();
        app.MapMailreeveWeb();
        await app.StartAsync(stop);
        var host = new WebHost(testDatabase, app, clock);
        await host.SeedAsync(stop);
        return host;
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Reads the reports that wait, and takes what follows from them.</summary>
    public Task ReadReportsAsync() => Get<ReportClerk>().WorkAsync(TestContext.Current.CancellationToken);

    /// <summary>A browser that nobody is signed in to, and that stays where a redirect points from.</summary>
    public Visitor Stranger() => new(BaseAddress);

    public async Task<Visitor> SignedInAsync(CustomerFact customer)
    {
        var visitor = Stranger();
        var answer = await visitor.SendAsync("/sign-in", "/sign-in", ("number", customer.RegNumber), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return visitor;
    }

    public async Task<Visitor> SignedInAsync(OperatorRole role)
    {
        var visitor = Stranger();
        Clock.AdvanceSeconds(60);
        var answer = await visitor.SendAsync(
            "/desk/sign-in", "/desk/sign-in", ("name", NameOf(role)), ("password", Password), ("code", CodeNow()));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return visitor;
    }

    public string CodeNow(byte[]? secret = null) => new Totp(secret ?? TotpSecret).ComputeTotp(Clock.GetCurrentInstant().ToDateTimeUtc());

    public static string NameOf(OperatorRole role) => EnumText.Of(role);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await testDatabase.DisposeAsync();
    }

    private static CustomerFact Customer(long id, string name, CustomerId? upstream) => new()
    {
        Id = new CustomerId(id),
        RegNumber = RegNumber.From(id).ToString(),
        Name = name,
        Upstream = upstream,
        State = CustomerState.Active,
        TimeZone = "Europe/Vienna",
    };

    private Task SeedAsync(CancellationToken stop) =>
        Database.WriteAsync(async db =>
        {
            var now = Clock.GetCurrentInstant();
            var hash = await Get<PasswordHashing>().HashAsync(Password, stop);
            var store = new CustomerStore(db);
            await new PolicyRevisionStore(db).KeepAsync(ShippedPolicy.Policy.Revision, ShippedPolicy.Source.File.Text, now, stop);
            await store.AddAsync([Alder, Birch, Cedar], now, stop);
            foreach (var (customer, prefix) in new[] { (Alder, "192.0.2.0/28"), (Birch, "192.0.2.16/28"), (Cedar, "192.0.2.8/29") })
            {
                await store.SetPasswordHashAsync(customer.Id, hash, stop);
                await store.AssignAsync(
                    [new Assignment { Id = 0, Customer = customer.Id, Prefix = Prefix.Parse(prefix), ValidFrom = now - Duration.FromDays(100) }], now, stop);
                await store.PutContactsAsync(
                    [new Contact { Id = 0, Customer = customer.Id, Channel = ContactChannel.Email, Address = $"abuse@c{customer.Id}.example", Role = ContactRole.Abuse, Position = 0 }], stop);
            }

            var operators = new OperatorStore(db);
            foreach (var role in Enum.GetValues<OperatorRole>())
            {
                var added = await operators.AddAsync(NameOf(role), role, hash, now, stop);
                await operators.EnrolAsync(added!.Id, TotpSecret, 0, stop);
            }

            await new ReporterKeyStore(db).AddAsync(SHA256.HashData(Encoding.ASCII.GetBytes(ReportCodeKey)), "reporter.example", Actor.Operator("admin"), now, stop);
            await operators.AddAsync("newcomer", OperatorRole.AbuseDesk, hash, now, stop);
        }, stop);
}
