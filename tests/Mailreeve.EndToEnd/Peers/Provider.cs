using System.Net;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Our server on a machine of the network of peers: it takes mail on port 25 and finds its way by the names of the network.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private const int UsersMade = 60;

    private readonly Machine machine;
    private readonly PeerAuthority authority;
    private int taken;

    private Provider(Machine machine, PeerAuthority authority, string domain, TestDatabase database, ServerProcess process)
    {
        (this.machine, this.authority, Domain, Database, Process) = (machine, authority, domain, database, process);
    }

    /// <summary>Its domain.</summary>
    public string Domain { get; }

    /// <summary>Its name.</summary>
    public string Host => $"mail.{Domain}";

    /// <summary>Its database, which the test may look into and change while it runs.</summary>
    public TestDatabase Database { get; }

    /// <summary>The process, for tests that end it.</summary>
    public ServerProcess Process { get; }

    /// <summary>Where it is.</summary>
    public IPAddress Address => machine.Address;

    /// <summary>A user whom no other test has.</summary>
    public MailUser NextUser() => new($"user{Interlocked.Increment(ref taken)}@{Domain}", Password);

    /// <summary>One of its users in turn, whom others may have as well.</summary>
    public MailUser AnyUser() => new($"user{1 + (Interlocked.Increment(ref taken) % UsersMade)}@{Domain}", Password);

    // One for all: hashing takes its time, and whose password it is is not what these tests are about.
    private static readonly string Password = AppPassword.Make();
    private static readonly string PasswordHash = AppPassword.HashOf(Password)!;

    /// <summary>Starts it; when this returns, it takes mail.</summary>
    public static async Task<Provider> StartAsync(
        Machine machine, string domain, PeerAuthority authority, PeerCertificate certificate, NameServers names, CancellationToken stop)
    {
        var folder = RunFolder.NewFolder("provider");
        var (pem, key, trusted, resolver) =
            (Path.Combine(folder, "mail.pem"), Path.Combine(folder, "mail.key"), Path.Combine(folder, "authority.pem"), Path.Combine(folder, "resolv.conf"));
        await File.WriteAllTextAsync(pem, certificate.Pem, stop);
        await File.WriteAllTextAsync(key, certificate.Key, stop);
        await File.WriteAllTextAsync(trusted, authority.Pem, stop);
        await File.WriteAllTextAsync(resolver, $"nameserver {names.Resolver}\noptions edns0 trust-ad\n", stop);
        var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var process = new ServerProcess((data, pages) => $"""
            data-folder = "{data}"

            [database]
            connection = "{database.ConnectionString}"

            [provider]
            name = "Example Internet"
            domains = ["{domain}"]
            host-name = "mail.{domain}"
            base-url = "http://{pages}"
            support-telephone = "+1 555 0100"
            networks = ["198.51.100.0/24", "203.0.113.0/24"]

            [smtp]
            listen = [{Listening(machine, 25)}]
            certificate = "{pem}"
            key = "{key}"
            connections-per-address = 400

            [imap]
            listen-tls = ["127.0.0.1:993"]

            [submission]
            listen = [{Listening(machine, 587)}]
            listen-tls = [{Listening(machine, 465)}]
            smarthost = true

            [outbound]
            dane-resolver = "{new IPEndPoint(names.Resolver, 53)}"

            [relay-test]
            collector = "collector.{domain}"
            third-domain = "third.{domain}"
            collector-address = "{machine.Address}"
            helo-name = "mail.{domain}"
            pause-seconds = 1

            [web]
            listen = ["{pages}"]
            """)
        {
            // The names of the network, and its authority beside no other: the policies of MTA-STS come over HTTPS.
            Under =
            [
                .. machine.Enter, "unshare", "--mount", "sh", "-c",
                """mount --bind "$1" /etc/resolv.conf && export SSL_CERT_FILE="$2" && shift 2 && exec "$@" """, "sh", resolver, trusted,
            ],
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new System.Net.Sockets.NetworkStream(
                    await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await AddUsersAsync(database.Database, domain, stop);
        await process.StartAsync(stop);
        return new Provider(machine, authority, domain, database, process);
    }

    /// <summary>Waits until a message has arrived in a mailbox.</summary>
    public async Task<MimeMessage> ArrivedAsync(MailUser user, string messageId, CancellationToken stop)
    {
        MimeMessage? message = null;
        await Eventually.TrueAsync(
            async () => (message = (await MessagesAsync(user, SearchQuery.HeaderContains("Message-Id", messageId), stop)).FirstOrDefault()) is not null,
            $"{messageId} arrives for {user.Address}");
        return message!;
    }

    /// <summary>What lies in a mailbox.</summary>
    public async Task<IReadOnlyList<MimeMessage>> MessagesAsync(MailUser user, SearchQuery which, CancellationToken stop)
    {
        using var imap = new ImapClient();
        imap.ServerCertificateValidationCallback = (_, shown, _, _) => authority.Trusts(shown, Host);
        using var socket = await machine.ConnectAsync(IPAddress.Loopback, 993, stop);
        await imap.ConnectAsync(socket, Host, 993, SecureSocketOptions.SslOnConnect, stop);
        await imap.AuthenticateAsync(user.Address, user.Password, stop);
        await imap.Inbox!.OpenAsync(FolderAccess.ReadOnly, stop);
        var messages = new List<MimeMessage>();
        foreach (var uid in await imap.Inbox.SearchAsync(which, stop))
            messages.Add(await imap.Inbox.GetMessageAsync(uid, stop));
        await imap.DisconnectAsync(quit: true, stop);
        return messages;
    }

    /// <summary>A user hands a message in at port 587, and it was taken.</summary>
    /// <returns>The reply.</returns>
    public async Task<string> SendAsync(MailUser from, IEnumerable<string> to, MimeMessage message, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        smtp.ServerCertificateValidationCallback = (_, shown, _, _) => authority.Trusts(shown, Host);
        using var socket = await machine.ConnectAsync(IPAddress.Loopback, 587, stop);
        await smtp.ConnectAsync(socket, Host, 587, SecureSocketOptions.StartTls, stop);
        await smtp.AuthenticateAsync(from.Address, from.Password, stop);
        var reply = await smtp.SendAsync(message, new MailboxAddress("", from.Address), to.Select(t => new MailboxAddress("", t)), stop);
        await smtp.DisconnectAsync(quit: true, stop);
        return reply;
    }

    /// <summary>The notification about a message that could not be sent, when it has come back to its sender (RFC 3464).</summary>
    public async Task<DeliveryNotification> ReturnedAsync(MailUser user, string messageId, CancellationToken stop)
    {
        DeliveryNotification? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await MessagesAsync(user, SearchQuery.All, stop)).Select(DeliveryNotification.Read).FirstOrDefault(n => n?.About == messageId)) is not null,
            $"{messageId} comes back to {user.Address}");
        return found!;
    }

    /// <summary>What waits for a domain is tried now.</summary>
    public Task TryNowAsync(string domain, CancellationToken stop) => Database.Database.WriteAsync(
        db => db.ExecuteAsync("""
            UPDATE outbound
            SET    next_attempt_at = @now
            WHERE  destination = @domain AND state = 'queued'
            """, new { domain, now = SystemClock.Instance.GetCurrentInstant() }, stop), stop);

    /// <summary>Whether all that is left for a domain waits for a later attempt.</summary>
    public Task<bool> AllPutOffAsync(string domain, CancellationToken stop) => Database.Database.ReadAsync(
        async db => await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   outbound
            WHERE  destination = @domain AND (state = 'attempting' OR (state = 'queued' AND next_attempt_at <= @now))
            """, new { domain, now = SystemClock.Instance.GetCurrentInstant() }, stop) == 0, stop);

    /// <summary>What waits for a domain has waited for a week.</summary>
    public Task AgeAsync(string domain, CancellationToken stop) => Database.Database.WriteAsync(
        db => db.ExecuteAsync("""
            UPDATE outbound
            SET    next_attempt_at = @now, created_at = @weekAgo, queued_at = @weekAgo
            WHERE  destination = @domain AND state = 'queued'
            """, new { domain, now = SystemClock.Instance.GetCurrentInstant(), weekAgo = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(7) }, stop), stop);

    /// <summary>Waits until an attempt to a domain has failed for now.</summary>
    /// <returns>What was said.</returns>
    public async Task<string> PutOffAsync(string domain, long attempts, CancellationToken stop)
    {
        string? reply = null;
        await Eventually.TrueAsync(
            async () => (reply = await Database.Database.ReadAsync(
                db => db.SingleAsync<string?>("""
                    SELECT MAX(last_reply)
                    FROM   outbound
                    WHERE  destination = @domain AND state = 'queued' AND attempts >= @attempts
                    """, new { domain, attempts }, stop), stop)) is not null,
            $"{attempts} attempts to {domain} have failed");
        return reply!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string Listening(Machine machine, int port) =>
        string.Join(", ", machine.Addresses.Append(IPAddress.Loopback).Select(a => $"\"{new IPEndPoint(a, port)}\""));

    private static Task AddUsersAsync(Database database, string domain, CancellationToken stop) => database.WriteAsync(async db =>
    {
        // Old enough to be trusted with the full limits (C1).
        var now = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(100);
        var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)) };
        await new CustomerStore(db).AddAsync([customer], now, stop);
        for (var i = 1; i <= UsersMade; i++)
        {
            var mailbox = await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, $"user{i}@{domain}", null, now), stop);
            await new AppPasswordStore(db).AddAsync(mailbox!.Value, "tests", PasswordHash, now, stop);
        }
    }, stop);
}
