using System.Net;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The whole program with policy delegation on a port of the loopback, for <see cref="PolicyBench"/> or for other load scripts.</summary>
internal static class PolicyServeCommand
{
    /// <summary>What it prints once questions can come.</summary>
    public const string Up = "up";

    // As many as the load asks for, u00 to u99.
    private const int Mailboxes = 100;
    private const int Blocks = 12;

    /// <summary>Runs it until its input ends.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="domain">A customer's domain, which the recipients of the load are in.</param>
    /// <param name="stop">Ends it, too.</param>
    public static async Task RunAsync(int port, string domain, CancellationToken stop)
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await FillAsync(database.Database, domain, stop);
        var settings = Load.Settings(database.ConnectionString, RunFolder.NewFolder("policy"), LocalPorts.Free(), LocalPorts.Free()) with
        {
            PolicyServiceListen = [new IPEndPoint(IPAddress.Loopback, port)],
        };
        var policy = new PolicyInForce(ShippedPolicy.Policy, ShippedPolicy.Check.Notices, "");
        await using var server = await Server.StartAsync(settings, policy, SystemClock.Instance, stop);
        Console.WriteLine(Up);
        await Console.In.ReadToEndAsync(stop);
    }

    // Customers with their networks, mailboxes in the domain, and blocks of several widths, which every question is held against.
    private static async Task FillAsync(Database database, string domain, CancellationToken stop)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        await Load.AddCustomersAsync(database, now, stop);
        await database.WriteAsync(async db =>
        {
            var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, stop)), RegNumber = "bench" };
            await new CustomerStore(db).AddAsync([customer], now, stop);
            await new MailDomainStore(db).AddAsync(domain, customer.Id, now, stop);
            for (var i = 0; i < Mailboxes; i++)
                await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, $"u{i:00}@{domain}", null, now), stop);
            await new BlockStore(db).PlaceAsync(
                [
                    .. Enumerable.Range(0, Blocks).Select(i => Some.Block with
                    {
                        Id = new BlockId(i + 1),
                        Prefix = Prefix.Parse($"172.{16 + i}.0.0/{16 + (i % 4)}"),
                        StartsAt = now,
                        ExpiresAt = now + Duration.FromDays(1),
                    }),
                ],
                stop);
        }, stop);
    }
}
