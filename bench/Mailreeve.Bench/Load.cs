using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>How much, and on which database.</summary>
/// <param name="Dialect">The database.</param>
/// <param name="Reports">Reports in all.</param>
/// <param name="Cases">Distinct addresses that they are about; each makes a case.</param>
/// <param name="Connections">SMTP connections at once.</param>
internal sealed record Load(Dialect Dialect, int Reports, int Cases, int Connections)
{
    /// <summary>Addresses there are for examples, without the first of each network.</summary>
    public const int CasesMax = 765;

    private static readonly string[] Networks = ["192.0.2", "198.51.100", "203.0.113"];

    /// <summary>The provider whose customers are reported.</summary>
    public static Provider Provider { get; } = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "http://127.0.0.1",
        SupportTelephone = "+1 555 0100",
        Networks = [.. Networks.Select(n => Prefix.Parse($"{n}.0/24"))],
        NeverBlock = [],
    };

    /// <summary>The address that report number <paramref name="report"/> is about.</summary>
    public string AddressOf(int report)
    {
        var n = report % Cases;
        return $"{Networks[n / 255]}.{1 + n % 255}";
    }

    /// <summary>Puts one customer for each sixteen addresses into the database.</summary>
    public static Task AddCustomersAsync(Database database, Instant now, CancellationToken stop) =>
        database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            var prefixes = Networks.SelectMany(n => Enumerable.Range(0, 16).Select(i => Prefix.Parse($"{n}.{16 * i}/28"))).ToList();
            var customers = new List<CustomerFact>();
            var first = await db.NextIdsAsync("customer", prefixes.Count, stop);
            foreach (var _ in prefixes)
            {
                customers.Add(new CustomerFact
                {
                    Id = new CustomerId(first + customers.Count),
                    RegNumber = (await store.NextRegNumberAsync(stop)).ToString(),
                    Name = $"Customer {customers.Count + 1}",
                    State = CustomerState.Active,
                    TimeZone = "Etc/UTC",
                });
            }

            await store.AddAsync(customers, now, stop);
            await store.AssignAsync(
                [.. prefixes.Select((p, i) => new Assignment { Id = 0, Customer = customers[i].Id, Prefix = p, ValidFrom = now - Duration.FromDays(100) })],
                now, stop);
        }, stop);

    /// <summary>How the server is set up. There is no mail server to send notices to: they stay in the queue.</summary>
    public static Settings Settings(string connection, string folder, int smtpPort, int webPort) => new()
    {
        Provider = Provider,
        Database = connection,
        DataFolder = folder,
        PolicyFolder = Path.Combine(AppContext.BaseDirectory, "policy"),
        SmtpListen = [new(System.Net.IPAddress.Loopback, smtpPort)],
        SmtpLimits = new() { ConnectionsPerAddress = 500 },
        WebListen = [new(System.Net.IPAddress.Loopback, webPort)],
        Outbound = new OutboundOptions
        {
            HostName = "mail.provider.example",
            Smarthost = new Smarthost("127.0.0.1", 9, SmarthostTls.WhenOffered),
        },
        QuietLog = true,
    };
}
