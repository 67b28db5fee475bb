using System.Collections.Concurrent;
using System.Net;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Serving;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd;

/// <summary>The customers' mail server: it keeps what it is handed, and can be told to keep a message without saying so.</summary>
internal sealed class NoticeSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<SentNotice> notices = new();
    private WebApplication? app;
    private volatile Hold? hold;

    /// <summary>Where it listens, on the loopback.</summary>
    public int Port { get; } = LocalPorts.Free();

    /// <summary>What arrived, in order.</summary>
    public IReadOnlyCollection<SentNotice> Notices => notices;

    /// <summary>Starts it.</summary>
    /// <param name="domains">Whose mail it takes.</param>
    public static async Task<NoticeSink> StartAsync(IEnumerable<string> domains)
    {
        var sink = new NoticeSink();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenSmtp(new IPEndPoint(IPAddress.Loopback, sink.Port), new SmtpServerParts
        {
            HostName = "mail.customers.example",
            Domains = new OwnDomains(domains),
            WhereToTurn = "nobody",
            // Connections of a server that was killed count until their end has been noticed.
            Limits = new SmtpLimits { ConnectionsPerAddress = 400 },
            Blocks = () => BlockView.Empty,
            Keep = sink.KeepAsync,
            Clock = SystemClock.Instance,
        }));
        sink.app = builder.Build();
        await sink.app.StartAsync();
        return sink;
    }

    /// <summary>From the next notice on, what arrives is kept, but is not acknowledged before the hold is released.</summary>
    public Hold HoldNext() => hold = new Hold();

    /// <summary>Ends the hold: what arrived in it is acknowledged, if anybody still listens.</summary>
    public void Release()
    {
        hold?.Release();
        hold = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Release();
        await app!.StopAsync();
        await app.DisposeAsync();
    }

    private async Task<string> KeepAsync(ReceivedMessage message, CancellationToken stop)
    {
        var headers = (await MimeMessage.LoadAsync(new MemoryStream(message.Raw), stop)).Headers;
        if (headers["X-Mailreeve-Case"] is { } number && headers["X-Mailreeve-Step"] is { } step)
            notices.Enqueue(new SentNotice(long.Parse(number), step.Split(';')[0], message.Recipients[0].Mailbox.ToString()));
        if (hold is { } holding)
            await holding.WaitAsync();
        return "kept";
    }

    /// <summary>A time in which nothing is acknowledged.</summary>
    internal sealed class Hold
    {
        private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when a message was kept whose sender waits for the acknowledgement.</summary>
        public Task Arrived => arrived.Task;

        internal void Release() => released.TrySetResult();

        internal Task WaitAsync()
        {
            arrived.TrySetResult();
            return released.Task;
        }
    }
}

/// <summary>A notice as its customer got it.</summary>
/// <param name="Case">The number of the case.</param>
/// <param name="Step">The step of the case, without the attempt.</param>
/// <param name="Recipient">Who got it.</param>
internal sealed record SentNotice(long Case, string Step, string Recipient);
