using System.Net;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Configuration;
using Mailreeve.Policy;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The whole program with one mailbox, in this process, on SQLite.</summary>
internal sealed class ImapServer : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly Server server;

    private ImapServer(TestDatabase database, Server server) => (this.database, this.server) = (database, server);

    public required int Port { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    public required MailboxId Mailbox { get; init; }

    public IServiceProvider Services => server.Services;

    public static async Task<ImapServer> StartAsync(CancellationToken stop)
    {
        var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var now = SystemClock.Instance.GetCurrentInstant();
        const string user = "kim@provider.example";
        var password = AppPassword.Make();
        var mailbox = await database.Database.WriteAsync(async db =>
        {
            var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)) };
            await new CustomerStore(db).AddAsync([customer], now, stop);
            var made = (await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, user, null, now), stop))!.Value;
            // Room enough for hours of a stress.
            await new StorageChargeStore(db).SetStepsAsync(made, ShippedPolicy.Policy.Terms.ExtraStorageStepsAtMost.Value, Actor.Policy, now, stop);
            await new AppPasswordStore(db).AddAsync(made, "bench", AppPassword.HashOf(password)!, now, stop);
            return made;
        }, stop);

        var port = FreePorts.Next();
        var settings = Load.Settings(database.ConnectionString, RunFolder.NewFolder("imap"), FreePorts.Next(), FreePorts.Next()) with
        {
            Imap = MailDoors.None with { Listen = [new IPEndPoint(IPAddress.Loopback, port)], ConnectionsPerAddress = 1000 },
        };
        var policy = new PolicyInForce(ShippedPolicy.Policy, ShippedPolicy.Check.Notices, "");
        var server = await Server.StartAsync(settings, policy, SystemClock.Instance, stop);
        return new ImapServer(database, server) { Port = port, User = user, Password = password, Mailbox = mailbox };
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await database.DisposeAsync();
    }
}
