using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Our server with mailboxes, as a process of its own.</summary>
internal sealed class MailreeveUnderTest : IAsyncDisposable
{
    private const int UsersMade = 300;

    private readonly TestDatabase database;
    private readonly ServerProcess process;

    private MailreeveUnderTest(TestDatabase database, ServerProcess process, MailServerUnderTest server) =>
        (this.database, this.process, Server) = (database, process, server);

    /// <summary>As its clients see it.</summary>
    public MailServerUnderTest Server { get; }

    /// <summary>The process, for tests that end it.</summary>
    public ServerProcess Process => process;

    /// <summary>Starts it with mailboxes for the tests.</summary>
    public static async Task<MailreeveUnderTest> StartAsync(Dialect dialect = Dialect.Sqlite) =>
        await StartAsync(await TestDatabase.OpenAsync(dialect), [], dataFolder: null);

    /// <summary>Starts it with mailboxes for the tests.</summary>
    /// <param name="database">Its database, which goes when it goes.</param>
    /// <param name="under">A program that starts it; see <see cref="ServerProcess.Under"/>.</param>
    /// <param name="dataFolder">Where its messages lie; null where it does not matter.</param>
    public static async Task<MailreeveUnderTest> StartAsync(TestDatabase database, IReadOnlyList<string> under, string? dataFolder)
    {
        var stop = TestContext.Current.CancellationToken;
        var certificates = TestCertificates.Write(RunFolder.NewFolder("certificates"), "localhost");
        var (imap, imaps, pop3, pop3s) = (LocalPorts.Free(), LocalPorts.Free(), LocalPorts.Free(), LocalPorts.Free());
        var submission = LocalPorts.Free();
        var process = new ServerProcess(
            database.ConnectionString,
            LocalPorts.Free(),
            $"""
            certificate = "{certificates.Certificate}"
            key = "{certificates.Key}"
            connections-per-address = 400
            """,
            $"""
            [imap]
            listen = ["127.0.0.1:{imap}"]
            listen-tls = ["127.0.0.1:{imaps}"]

            [pop3]
            listen = ["127.0.0.1:{pop3}"]
            listen-tls = ["127.0.0.1:{pop3s}"]

            [submission]
            listen = ["127.0.0.1:{submission}"]
            """,
            dataFolder)
        {
            Under = under,
        };
        var users = await AddUsersAsync(database.Database, stop);
        await process.StartAsync(stop);
        return new MailreeveUnderTest(database, process, new MailServerUnderTest
        {
            Host = "localhost",
            SmtpPort = process.SmtpPort,
            SubmissionPort = submission,
            Pop3Port = pop3,
            Pop3sPort = pop3s,
            ImapPort = imap,
            ImapsPort = imaps,
            CaCertificate = certificates.Authority,
            Users = users,
        });
    }

    /// <summary>Deletes its messages and its database, which is SQLite's. It must not run.</summary>
    public async Task LoseEverythingAsync()
    {
        await database.Database.DisposeAsync();
        var file = database.ConnectionString["sqlite:".Length..];
        foreach (var part in Directory.GetFiles(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)}*"))
            File.Delete(part);
        Directory.Delete(process.MailFolder, recursive: true);
        Directory.Delete(process.QueueFolder, recursive: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await database.DisposeAsync();
    }

    private static async Task<IReadOnlyList<MailUser>> AddUsersAsync(Database database, CancellationToken stop)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        return await database.WriteAsync(async db =>
        {
            var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)) };
            await new CustomerStore(db).AddAsync([customer], now, stop);
            var users = new List<MailUser>();
            for (var i = 1; i <= UsersMade; i++)
            {
                var user = new MailUser($"user{i}@provider.example", AppPassword.Make());
                var mailbox = await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, user.Address, null, now), stop);
                await new AppPasswordStore(db).AddAsync(mailbox!.Value, "tests", AppPassword.HashOf(user.Password)!, now, stop);
                users.Add(user);
            }

            return users;
        }, stop);
    }
}
