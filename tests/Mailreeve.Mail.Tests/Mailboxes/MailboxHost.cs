using System.Buffers;
using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Mailboxes;

/// <summary>Mailboxes with everything they need: a database, segments, owners. It can be stopped and started again on the same disk.</summary>
internal sealed class MailboxHost : IAsyncDisposable
{
    private static readonly SemaphoreSlim Ports = new(1, 1);

    private readonly string folder;
    private readonly string connection;
    private IHost? host;
    private Database? database;
    private SegmentStore? segments;
    private Journal? journal;
    private LiveViews? views;

    private MailboxHost(string folder, string connection, FakeClock clock) => (this.folder, this.connection, Clock) = (folder, connection, clock);

    public FakeClock Clock { get; }

    public Database Database => database!;

    public SegmentStore Segments => segments!;

    public Journal Journal => journal!;

    public LiveViews Views => views!;

    public IServiceProvider Services => host!.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public MailboxBoard Board => Services.GetRequiredService<MailboxBoard>();

    public MailDelivery Delivery => Services.GetRequiredService<MailDelivery>();

    /// <summary>Starts it.</summary>
    /// <param name="connection">Its database; null for one of SQLite's, which goes when it goes.</param>
    public static async Task<MailboxHost> StartAsync(string? connection = null)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-mailboxes-").FullName;
        var made = new MailboxHost(folder, connection ?? $"sqlite:{Path.Combine(folder, "test.db")}", Some.Clock());
        await made.StartAgainAsync();
        return made;
    }

    /// <summary>A mailbox of a customer of its own.</summary>
    public async Task<MailboxId> AddMailboxAsync(string address = "kim@provider.example")
    {
        var stop = TestContext.Current.CancellationToken;
        return await Database.WriteAsync(async db =>
        {
            var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)), RegNumber = $"test {address}", Upstream = null };
            await new CustomerStore(db).AddAsync([customer], Clock.GetCurrentInstant(), stop);
            return (await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, address, null, Clock.GetCurrentInstant()), stop))!.Value;
        }, stop);
    }

    public IMailboxGrain OwnerOf(MailboxId mailbox) => Grains.GetGrain<IMailboxGrain>(mailbox.Value);

    /// <summary>The mailbox as it stands on the board.</summary>
    public async Task<MailboxView> ViewOfAsync(MailboxId mailbox)
    {
        await OwnerOf(mailbox).OpenAsync();
        return Board.Find(mailbox)!;
    }

    public Task<bool> DeliverAsync(MailboxId mailbox, string text) => Delivery.DeliverToAllAsync(Message(text), "sender@elsewhere.example", [mailbox]);

    public static ReadOnlySequence<byte> Message(string text) =>
        new(Encoding.UTF8.GetBytes($"From: sender@elsewhere.example\r\nSubject: {text}\r\n\r\n{text}\r\n"));

    public string TextOf(StoredMessage message)
    {
        var octets = new byte[message.Body.Length];
        Segments.Read(message.Body.Place, 0, octets);
        return Encoding.UTF8.GetString(octets);
    }

    public async Task StopAsync()
    {
        await host!.StopAsync();
        host.Dispose();
        await journal!.DisposeAsync();
        await segments!.DisposeAsync();
        views!.Dispose();
        await database!.DisposeAsync();
        host = null;
    }

    public async Task StartAgainAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        database = Database.Open(connection);
        views = await LiveViews.LoadAsync(database, stop);
        segments = SegmentStore.Open(Path.Combine(folder, "mail"), new SegmentOptions { SegmentBytes = 1 << 20, FillStepBytes = 1 << 18 }, Clock);
        journal = await Journal.StartAsync(database, segments, NullLogger<Journal>.Instance, stop);
        await Ports.WaitAsync(stop);
        try
        {
            while (host is null)
                host = await BuildAsync(stop);
        }
        finally
        {
            Ports.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await StopAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private async Task<IHost?> BuildAsync(CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(database!)
            .AddSingleton(views!)
            .AddSingleton(segments!)
            .AddSingleton(journal!)
            .AddSingleton<IClock>(Clock)
            .AddSingleton(ShippedPolicy.Policy)
            .AddSingleton(new MailboxBoard())
            .AddSingleton<MailboxCapacity>()
            .AddSingleton<MailDelivery>()
            .AddSingleton<Summaries>();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePorts.Next(), FreePorts.Next()));
        var built = builder.Build();
        try
        {
            await built.StartAsync(stop);
            return built;
        }
        catch (AddressInUseException)
        {
            // Somebody took the port between asking for it and using it.
            built.Dispose();
            return null;
        }
    }
}
