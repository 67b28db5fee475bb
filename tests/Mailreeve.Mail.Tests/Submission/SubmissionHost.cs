using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Submission;

/// <summary>
/// Where customers hand in mail, with everything behind it but the sending: a database, owners, a queue. It can be stopped and started
/// again on the same disk. Everybody's password is <see cref="Password"/>.
/// </summary>
internal sealed class SubmissionHost : IAsyncDisposable
{
    public const string Password = "correct horse";

    private static readonly Provider Provider = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mx.provider.example",
        BaseUrl = "https://mx.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [],
        NeverBlock = [],
    };

    private readonly TestDatabase database;
    private readonly MailboxHost mailboxes;
    private readonly string queueFolder;
    private readonly SmtpDoor kind;
    private readonly SubmissionOptions options;
    private readonly Func<SmtpServerParts, SmtpServerParts>? change;
    private QueueSegments? queue;
    private SubmissionIds? ids;
    private SmtpTestServer? server;

    private SubmissionHost(
        TestDatabase database, MailboxHost mailboxes, SmtpDoor kind, SubmissionOptions options, Func<SmtpServerParts, SmtpServerParts>? change)
    {
        (this.database, this.mailboxes, this.kind, this.options, this.change) = (database, mailboxes, kind, options, change);
        queueFolder = System.IO.Directory.CreateTempSubdirectory("mailreeve-queue-").FullName;
    }

    public SmtpTestServer Server => server!;

    public MailboxHost Mailboxes => mailboxes;

    public Database Database => mailboxes.Database;

    /// <summary>What signs for another mail server of the provider's.</summary>
    public OutgoingFields OutgoingFields => new(ids!, Signer, Database, Provider.HostName, mailboxes.Clock);

    private OutgoingSigner Signer => new(() => mailboxes.Views.SigningKeys, Provider, new FeedbackKey(new byte[32]));

    public static async Task<SubmissionHost> StartAsync(
        Dialect dialect = Dialect.Sqlite, SmtpDoor kind = SmtpDoor.Submission, SubmissionOptions? options = null,
        Func<SmtpServerParts, SmtpServerParts>? change = null)
    {
        var database = await TestDatabase.OpenAsync(dialect);
        var host = new SubmissionHost(
            database, await MailboxHost.StartAsync(database.ConnectionString), kind, options ?? new SubmissionOptions { AllowsPlain = true }, change);
        await host.ListenAsync();
        return host;
    }

    public async Task RestartAsync()
    {
        await StopListeningAsync();
        await mailboxes.StopAsync();
        await mailboxes.StartAgainAsync();
        await ListenAsync();
    }

    /// <summary>A customer who has been one for long, with mailboxes.</summary>
    public async Task<CustomerId> AddCustomerAsync(string name, params string[] addresses)
    {
        var stop = TestContext.Current.CancellationToken;
        var since = mailboxes.Clock.GetCurrentInstant() - Duration.FromDays(365);
        return await Database.WriteAsync(async db =>
        {
            var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)), RegNumber = $"test {name}", Name = name, Upstream = null };
            await new CustomerStore(db).AddAsync([customer], since, stop);
            foreach (var address in addresses)
                await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, address, null, since), stop);
            return customer.Id;
        }, stop);
    }

    /// <summary>Gives a customer an address or a domain.</summary>
    public Task AssignAsync(CustomerId customer, string? prefix, string? domain)
    {
        var stop = TestContext.Current.CancellationToken;
        return Database.WriteAsync(async db => await new CustomerStore(db).AssignAsync(
            [Some.Assignment with
            {
                Id = await db.NextIdsAsync("assignment", 1, stop),
                Customer = customer,
                Prefix = prefix is null ? null : Prefix.Parse(prefix),
                Domain = domain,
                ValidFrom = mailboxes.Clock.GetCurrentInstant() - Duration.FromDays(1),
            }], mailboxes.Clock.GetCurrentInstant(), stop), stop);
    }

    /// <summary>Lets a customer's own servers hand in mail, or no more.</summary>
    public Task PutRelayServiceAsync(CustomerId customer, ServiceState state)
    {
        var stop = TestContext.Current.CancellationToken;
        var service = new Service { Id = 0, Customer = customer, Kind = ServiceKind.MailRelay, Name = "relay", State = state };
        return Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], stop), stop);
    }

    /// <summary>A connection that is past EHLO and, if there is an address, signed in.</summary>
    public async Task<SmtpPeer> ConnectAsync(string? address = "kim@provider.example")
    {
        var peer = await Server.GreetAsync();
        if (address is not null)
            Assert.StartsWith("235", await peer.AskAsync($"AUTH PLAIN {Plain(address, Password)}"), StringComparison.Ordinal);
        return peer;
    }

    public static string Plain(string user, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) =>
        Database.ReadAsync(db => db.QueryAsync<T>(sql, null, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    public Task<long> CountAsync(string where) => Database.ReadAsync(
        db => db.SingleAsync<long>($"SELECT COUNT(*) FROM outbound WHERE {where}", null, TestContext.Current.CancellationToken),
        TestContext.Current.CancellationToken);

    /// <summary>The message that was queued last, as it goes out.</summary>
    public async Task<string> LastMessageAsync()
    {
        var place = (await QueryAsync<PlaceRow>("SELECT segment, position, length FROM outbound WHERE segment IS NOT NULL ORDER BY id DESC LIMIT 1"))[0];
        var octets = new byte[place.Length];
        queue!.Store.Read(new MessagePlace(new SegmentId(place.Segment), place.Position, (int)place.Length), 0, octets);
        return Encoding.UTF8.GetString(octets);
    }

    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        await mailboxes.DisposeAsync();
        await database.DisposeAsync();
        System.IO.Directory.Delete(queueFolder, recursive: true);
    }

    private async Task StopListeningAsync()
    {
        await server!.DisposeAsync();
        await queue!.DisposeAsync();
        ids!.Dispose();
    }

    private async Task ListenAsync()
    {
        queue = new QueueSegments(SegmentStore.Open(queueFolder, new SegmentOptions { SegmentBytes = 1 << 24, FillStepBytes = 1 << 20 }, mailboxes.Clock));
        ids = new SubmissionIds(Database);
        await SigningKeyClerk.PrepareAsync(Database, Provider, mailboxes.Clock, TestContext.Current.CancellationToken);
        var door = new SubmissionDoor
        {
            SignIn = SignInAsync,
            Views = mailboxes.Views,
            Grains = mailboxes.Grains,
            Outbox = new Outbox(Database, queue),
            Database = Database,
            Signer = Signer,
            Ids = ids,
            Recipients = new RecipientHash(new byte[32]),
            Options = options,
        };
        server = await SmtpTestServer.StartAsync(
            parts => (change ?? (p => p))(parts with
            {
                Mailboxes = mailboxes.Delivery,
                Submission = door,
                Clock = mailboxes.Clock,
                Domains = new OwnDomains(["provider.example"]),
                Limits = parts.Limits with { ConnectionsPerAddress = 1000, ConnectionsMax = 1000, ErrorsMax = 1000 },
            }),
            kind);
    }

    // What the accounts do is tested there; here passwords are simple.
    private Task<MailSignIn> SignInAsync(string user, string password, Address client, CancellationToken stop) =>
        Task.FromResult<MailSignIn>(
            user == "late@provider.example" ? new MailSignIn.TryLater(Duration.FromSeconds(30))
            : user == "suspended@provider.example" ? new MailSignIn.Unavailable("This mailbox is suspended; ask our support, +1 555 0100")
            : password == Password && mailboxes.Views.Mailboxes.Find(user) is { } found ? new MailSignIn.Accepted(found.Id)
            : new MailSignIn.Refused());

    private sealed record PlaceRow
    {
        public required long Segment { get; init; }

        public required long Position { get; init; }

        public required long Length { get; init; }
    }
}
