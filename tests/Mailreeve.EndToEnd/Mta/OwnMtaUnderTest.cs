using System.Net.Sockets;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.PolicyDelegation;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.EndToEnd.Mta;

/// <summary>Policy delegation and the milter on Unix sockets, in this process, with a customer and a block, and counts as the test wants them.</summary>
internal sealed class OwnMtaUnderTest : IAsyncDisposable
{
    /// <summary>An address of a customer.</summary>
    public const string CustomersAddress = "192.0.2.7";

    /// <summary>An address that is blocked.</summary>
    public const string BlockedAddress = "203.0.113.25";

    /// <summary>An address of somebody else.</summary>
    public const string OtherAddress = "198.51.100.9";

    private readonly TestDatabase database;
    private readonly LiveViews views;
    private PolicyServer? service;
    private WebApplication? app;

    private OwnMtaUnderTest(TestDatabase database, LiveViews views) => (this.database, this.views) = (database, views);

    /// <summary>For <c>check_policy_service</c>.</summary>
    public string PolicyPath { get; } = RunFolder.NewPath("policy");

    /// <summary>For <c>smtpd_milters</c>.</summary>
    public string MilterPath { get; } = RunFolder.NewPath("milter");

    /// <summary>What the limits say.</summary>
    public SendingAnswer Answer { get; set; }

    /// <summary>What was counted.</summary>
    public List<CountedMessage> Counted { get; } = [];

    public static async Task<OwnMtaUnderTest> StartAsync(Func<MilterParts, MilterParts>? change = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await FillAsync(database.Database, stop);
        var server = new OwnMtaUnderTest(database, await LiveViews.LoadAsync(database.Database, stop));
        await server.ListenAsync(change ?? (parts => parts), stop);
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await service!.StopAsync(CancellationToken.None);
        service.Dispose();
        await app!.StopAsync();
        await app.DisposeAsync();
        views.Dispose();
        await database.DisposeAsync();
    }

    private static Task FillAsync(Database database, CancellationToken stop) => database.WriteAsync(async db =>
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        var customers = new CustomerStore(db);
        var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)) };
        await customers.AddAsync([customer], now, stop);
        await customers.AssignAsync([Some.Assignment with { Customer = customer.Id }], now, stop);
        await new BlockStore(db).PlaceAsync(
            [Some.Block with { Prefix = Prefix.Parse(BlockedAddress), StartsAt = now, ExpiresAt = now + Duration.FromDays(1) }], stop);
    }, stop);

    private async Task ListenAsync(Func<MilterParts, MilterParts> change, CancellationToken stop)
    {
        var answers = new MtaAnswers
        {
            Domains = new OwnDomains(["provider.example"]),
            Views = views,
            Count = CountAsync,
            Clock = SystemClock.Instance,
        };
        service = new PolicyServer(
            [new UnixDomainSocketEndPoint(PolicyPath)], new PolicyServiceParts { Answers = answers, WhereToTurn = "https://provider.example/case" },
            NullLogger<PolicyServer>.Instance);
        await service.StartAsync(stop);

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = LocalSocket.Bound);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenMilter(
            new UnixDomainSocketEndPoint(MilterPath),
            change(new MilterParts { HostName = "mail.provider.example", Answers = answers, WhereToTurn = "https://provider.example/case" })));
        app = builder.Build();
        await app.StartAsync(stop);
    }

    private ValueTask<SendingAnswer> CountAsync(CountedMessage message, CancellationToken stop)
    {
        lock (Counted)
            Counted.Add(message);
        return new(Answer);
    }
}
