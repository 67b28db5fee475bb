using System.Collections.Concurrent;
using System.Net;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Demo;

/// <summary>The mail server of the demonstration's customers: a second SMTP listener, which keeps in memory what it is handed.</summary>
internal sealed class CustomerMailServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private CustomerMailServer(WebApplication app) => this.app = app;

    /// <summary>What arrived, in order.</summary>
    public required ConcurrentQueue<ReceivedMessage> Messages { get; init; }

    /// <summary>Starts it.</summary>
    /// <param name="port">Where, on the loopback.</param>
    /// <param name="domains">Whose mail it takes.</param>
    /// <param name="clock">The time.</param>
    public static async Task<CustomerMailServer> StartAsync(int port, IEnumerable<string> domains, IClock clock)
    {
        var messages = new ConcurrentQueue<ReceivedMessage>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenSmtp(new IPEndPoint(IPAddress.Loopback, port), new SmtpServerParts
        {
            HostName = "mail.customers.example",
            Domains = new OwnDomains(domains),
            WhereToTurn = "nobody",
            Blocks = () => BlockView.Empty,
            Keep = (message, _) =>
            {
                messages.Enqueue(message);
                return Task.FromResult("kept");
            },
            Clock = clock,
        }));
        var app = builder.Build();
        await app.StartAsync();
        return new CustomerMailServer(app) { Messages = messages };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
