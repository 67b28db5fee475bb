using System.Net;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Pop3;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Mail.Tests.Pop3;

/// <summary>POP3 on two free loopback ports, plain and under TLS, for one mailbox, <c>kim@provider.example</c>.</summary>
internal sealed class Pop3TestServer : IAsyncDisposable
{
    public const string Password = "two  words";

    private static int addresses;

    private readonly WebApplication app;

    private Pop3TestServer(MailboxHost host, MailboxId mailbox, WebApplication app, int[] ports)
    {
        Host = host;
        Mailbox = mailbox;
        this.app = app;
        Port = ports[0];
        TlsPort = ports[1];
    }

    public MailboxHost Host { get; }

    public MailboxId Mailbox { get; }

    public int Port { get; }

    public int TlsPort { get; }

    /// <summary>Starts it with a mailbox that has these messages.</summary>
    /// <param name="host">Where mailboxes are.</param>
    /// <param name="messages">Each whole.</param>
    /// <param name="change">Changes what the server is made of.</param>
    /// <param name="client">Where clients seem to come from, instead of the loopback.</param>
    public static async Task<Pop3TestServer> StartAsync(
        MailboxHost host, IEnumerable<string> messages, Func<Pop3ServerParts, Pop3ServerParts>? change = null, IPAddress? client = null)
    {
        var mailbox = await host.AddMailboxAsync($"kim{Interlocked.Increment(ref addresses)}@provider.example");
        foreach (var message in messages)
            await host.Delivery.DeliverToAllAsync(new(System.Text.Encoding.Latin1.GetBytes(message)), "sender@elsewhere.example", [mailbox]);

        var parts = new Pop3ServerParts
        {
            HostName = "mail.provider.example",
            Tls = new ServerTls(SmtpTestServer.Certificate),
            SignIn = (user, password, _, _) => Task.FromResult<MailSignIn>((user, password) switch
            {
                ("kim@provider.example", Password) => new MailSignIn.Accepted(mailbox),
                ("closed@provider.example", Password) => new MailSignIn.Unavailable("This mailbox is closed; see https://provider.example/mail"),
                ("hurried@provider.example", _) => new MailSignIn.TryLater(Duration.FromSeconds(90)),
                _ => new MailSignIn.Refused(),
            }),
            Grains = host.Grains,
            Board = host.Board,
            Segments = host.Segments,
            RetentionDays = () => 30,
        };
        parts = change?.Invoke(parts) ?? parts;

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, parts, client));
        var app = builder.Build();
        await app.StartAsync();
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port);
        return new Pop3TestServer(host, mailbox, app, [.. ports]);
    }

    public Task<SmtpPeer> ConnectAsync() => SmtpPeer.ConnectAsync(Port);

    /// <summary>A connection that has signed in.</summary>
    public async Task<SmtpPeer> SignInAsync(bool underTls = false)
    {
        var peer = await ConnectAsync();
        await peer.LineAsync();
        if (underTls)
        {
            await peer.AskAsync("STLS");
            await peer.StartTlsAsync();
        }

        Assert.StartsWith("+OK", await peer.AskAsync("USER kim@provider.example"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.AskAsync($"PASS {Password}"), StringComparison.Ordinal);
        return peer;
    }

    /// <summary>The UIDs that are in INBOX now.</summary>
    public async Task<IReadOnlyList<uint>> UidsAsync() =>
        Array.ConvertAll((await Host.ViewOfAsync(Mailbox)).Inbox.Messages.Span.ToArray(), m => m.Uid);

    /// <summary>Whether someone else could have the mailbox.</summary>
    public async Task<bool> IsFreeAsync()
    {
        var owner = Host.OwnerOf(Mailbox);
        var free = await owner.LockAsync("someone else");
        await owner.UnlockAsync("someone else");
        return free;
    }

    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void Listen(KestrelServerOptions kestrel, Pop3ServerParts parts, IPAddress? client)
    {
        var anyPort = new IPEndPoint(IPAddress.Loopback, 0);
        if (client is null)
        {
            kestrel.ListenPop3(anyPort, parts);
            kestrel.ListenPop3s(anyPort, parts);
            return;
        }

        foreach (var tlsFirst in new[] { false, true })
        {
            var handler = new Pop3ConnectionHandler(parts, tlsFirst, NullLogger<Pop3ConnectionHandler>.Instance);
            kestrel.Listen(anyPort, listen =>
            {
                listen.Protocols = HttpProtocols.None;
                listen.Run(connection =>
                {
                    connection.RemoteEndPoint = new IPEndPoint(client, 4096);
                    return handler.OnConnectedAsync(connection);
                });
            });
        }
    }
}
