using System.Globalization;
using System.Net;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Configuration;
using Mailreeve.Policy;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The whole program with submission on a port of the loopback and customers who have been there for a year, for <see cref="HijackBench"/>.</summary>
internal static class HijackServeCommand
{
    /// <summary>What it prints once customers can come; the password is behind it.</summary>
    public const string Up = "up";

    private const string Password = "correct horse";

    /// <summary>The mailbox number <paramref name="i"/>; 0 is the one that is hijacked. Each is a customer's of its own.</summary>
    public static string AddressOf(int i) => string.Create(CultureInfo.InvariantCulture, $"u{i}@provider.example");

    /// <summary>What AUTH PLAIN is given for it.</summary>
    public static string ResponseOf(int i) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{AddressOf(i)}\0{Password}"));

    /// <summary>Runs it until its input ends.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="mailboxes">How many.</param>
    /// <param name="unprotected">Whether a sender may have as many sessions as it likes, and is put off as often and as fast as it asks.</param>
    /// <param name="stop">Ends it, too.</param>
    public static async Task RunAsync(string connection, int port, int mailboxes, bool unprotected, CancellationToken stop)
    {
        await using (var database = Database.Open(connection))
            await FillAsync(database, mailboxes, stop);
        var folder = RunFolder.NewFolder("hijack");
        var settings = Load.Settings(connection, folder, LocalPorts.Free(), LocalPorts.Free()) with
        {
            SmtpLimits = new() { ConnectionsMax = 1000, ErrorsMax = 1000, PutOffsMax = unprotected ? int.MaxValue : new Mail.Smtp.SmtpLimits().PutOffsMax },
            Submission = new SubmissionDoors(new MailDoors([new IPEndPoint(IPAddress.Loopback, port)], []))
            {
                Options = unprotected
                    ? new() { AllowsPlain = true, SessionsPerMailbox = 1000, MessagesAtOncePerMailbox = 1000, PauseMax = TimeSpan.Zero }
                    : new() { AllowsPlain = true },
            },
        };
        await using var server = await Server.StartAsync(
            settings, new PolicyInForce(ShippedPolicy.Policy, ShippedPolicy.Check.Notices, ""), SystemClock.Instance, stop);
        Console.WriteLine(Up);
        await Console.In.ReadToEndAsync(stop);
    }

    private static async Task FillAsync(Database database, int mailboxes, CancellationToken stop)
    {
        using var hashing = new PasswordHashing();
        var hash = await hashing.HashAsync(Password, stop);
        var since = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(365);
        await database.WriteAsync(async db =>
        {
            for (var i = 0; i < mailboxes; i++)
            {
                var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)), RegNumber = $"bench {i}", Name = $"Bench {i}" };
                await new CustomerStore(db).AddAsync([customer], since, stop);
                await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, AddressOf(i), hash, since), stop);
            }
        }, stop);
    }
}
