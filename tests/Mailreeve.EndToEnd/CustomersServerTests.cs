using System.Collections.Concurrent;
using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd;

/// <summary>Customers' own servers, known by their addresses, as the accounts file says: who may send through us, and from where it goes on.</summary>
public sealed class CustomersServerTests
{
    private const string Elsewhere = "[127.0.0.9]";

    private const string Accounts = """
        [[customer]]
        name = "Alder"
        time-zone = "Etc/UTC"
        source-class = "trusted"
        services = [{ kind = "mail-relay" }]
        assignments = [{ address = "127.80.7.1", from = 2024-01-01 }, { domain = "alder.example", from = 2024-01-01 }]

        [[customer]]
        name = "Birch"
        time-zone = "Etc/UTC"
        source-class = "new"
        services = [{ kind = "mail-relay" }]
        assignments = [{ address = "127.80.7.2", from = 2024-01-01 }, { domain = "birch.example", from = 2024-01-01 }]

        [[customer]]
        name = "Cedar"
        time-zone = "Etc/UTC"
        services = [{ kind = "net-access" }]
        assignments = [{ address = "127.80.7.3", from = 2024-01-01 }, { domain = "cedar.example", from = 2024-01-01 }]

        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C2_C7_mail_of_a_customers_server_goes_on_from_the_addresses_of_the_customers_class_and_without_the_service_it_is_refused()
    {
        var cameFrom = new ConcurrentDictionary<string, string>();
        var (exchangerPort, smtpPort) = (LocalPorts.Free(), LocalPorts.Free());
        await using var exchanger = await ExchangerAsync(exchangerPort, cameFrom);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess((data, pages) => $"""
            data-folder = "{data}"

            [database]
            connection = "{database.ConnectionString}"

            [provider]
            name = "Example Internet"
            domains = ["provider.example"]
            host-name = "mail.provider.example"
            base-url = "http://{pages}"
            support-telephone = "+1 555 0100"
            networks = ["127.80.7.0/24"]

            [smtp]
            listen = ["127.0.0.1:{smtpPort}"]

            [inbound]
            off = true

            [submission]
            smarthost = true

            [web]
            listen = ["{pages}"]

            [outbound]
            exchanger-port = {exchangerPort}
            mta-sts = false
            tls-reports = false

            [[outbound.source]]
            class = "trusted"
            addresses = ["127.0.0.2"]

            [[outbound.source]]
            class = "new"
            addresses = ["127.0.0.3"]
            """);
        var file = RunFolder.NewPath("accounts.toml");
        await File.WriteAllTextAsync(file, Accounts, Stop);
        var import = await Program.RunAsync(Stop, "accounts", "import", file, "-c", server.ConfigPath);
        Assert.True(import.ExitCode == 0, import.Output + import.Errors);
        await server.StartAsync(Stop);

        await SendAsync(smtpPort, "127.80.7.1", "alder.example");
        await SendAsync(smtpPort, "127.80.7.2", "birch.example");
        var withoutService = await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(smtpPort, "127.80.7.3", "cedar.example"));
        var nobodys = await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(smtpPort, "127.80.7.4", "alder.example"));
        await Eventually.TrueAsync(() => cameFrom.Count == 2, "both messages arrive elsewhere");

        Assert.Equal(("127.0.0.2", "127.0.0.3"), (cameFrom["shop@alder.example"], cameFrom["shop@birch.example"]));
        Assert.Contains("the service mail-relay is not booked", withoutService.Message, StringComparison.Ordinal);
        Assert.Contains("not a domain of this server", nobodys.Message, StringComparison.Ordinal);
    }

    private static async Task SendAsync(int port, string from, string domain)
    {
        using var client = new SmtpClient { LocalEndPoint = new IPEndPoint(IPAddress.Parse(from), 0), LocalDomain = domain };
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.None, Stop);
        using var message = new MimeMessage
        {
            From = { new MailboxAddress("Shop", $"shop@{domain}") },
            To = { new MailboxAddress("", $"postmaster@{Elsewhere}") },
            Subject = "Order",
            Body = new TextPart("plain") { Text = "One, please." },
        };
        await client.SendAsync(message, Stop);
        await client.DisconnectAsync(true, Stop);
    }

    // Another provider's server, which notes from where each message came.
    private static async Task<WebApplication> ExchangerAsync(int port, ConcurrentDictionary<string, string> cameFrom)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenSmtp(new IPEndPoint(IPAddress.Parse(Elsewhere.Trim('[', ']')), port), new SmtpServerParts
        {
            HostName = "mx.elsewhere.example",
            Domains = new OwnDomains([Elsewhere]),
            WhereToTurn = "nobody",
            Blocks = () => BlockView.Empty,
            Keep = (message, _) =>
            {
                cameFrom[$"{message.From}"] = $"{message.Client}";
                return Task.FromResult("kept");
            },
            Clock = SystemClock.Instance,
        }));
        var app = builder.Build();
        await app.StartAsync(Stop);
        return app;
    }
}
