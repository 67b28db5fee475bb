using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Imap;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Testing.Imap;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Mailreeve.Mail.Tests.Imap;

/// <summary>IMAP on a free loopback port, with the mailbox of kim@provider.example, whose password is <c>secret</c>.</summary>
internal sealed class ImapTestServer : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly WebApplication app;

    private ImapTestServer(WebApplication app, MailboxHost host, MailboxId mailbox, int port, int tlsPort)
    {
        this.app = app;
        Host = host;
        Mailbox = mailbox;
        Port = port;
        TlsPort = tlsPort;
    }

    public MailboxHost Host { get; }

    /// <summary>Kim's.</summary>
    public MailboxId Mailbox { get; }

    public int Port { get; }

    /// <summary>Where TLS comes before the greeting.</summary>
    public int TlsPort { get; }

    public IMailboxGrain Owner => Host.OwnerOf(Mailbox);

    public static async Task<ImapTestServer> StartAsync(Func<ImapServerParts, ImapServerParts>? change = null)
    {
        var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var parts = new ImapServerParts
        {
            HostName = "imap.provider.example",
            Tls = new ServerTls(Certificate),
            SignIn = (user, password, _, _) => Task.FromResult<MailSignIn>((user, password) switch
            {
                ("kim@provider.example", "secret") => new MailSignIn.Accepted(mailbox),
                ("late@provider.example", "secret") => new MailSignIn.Unavailable("The mailbox was closed because nobody used it"),
                ("busy@provider.example", _) => new MailSignIn.TryLater(Duration.FromSeconds(30)),
                _ => new MailSignIn.Refused(),
            }),
            Grains = host.Grains,
            Board = host.Board,
            Capacity = host.Services.GetRequiredService<MailboxCapacity>(),
            Segments = host.Segments,
            Delivery = host.Delivery,
            Summaries = host.Services.GetRequiredService<Summaries>(),
            Clock = host.Clock,
        };
        parts = change?.Invoke(parts) ?? parts;

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.ListenImap(new IPEndPoint(IPAddress.Loopback, 0), parts);
            o.ListenImaps(new IPEndPoint(IPAddress.Loopback, 0), parts);
        });
        var app = builder.Build();
        await app.StartAsync();
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port).ToList();
        return new ImapTestServer(app, host, mailbox, ports[0], ports[1]);
    }

    public Task<ImapPeer> ConnectAsync() => ImapPeer.ConnectAsync(Port);

    /// <summary>A connection that has signed in.</summary>
    public async Task<ImapPeer> SignInAsync()
    {
        var peer = await ConnectAsync();
        await peer.LineAsync();
        await peer.OkAsync("LOGIN kim@provider.example secret");
        return peer;
    }

    /// <summary>A connection that has selected a folder.</summary>
    public async Task<ImapPeer> SelectAsync(string folder = "INBOX")
    {
        var peer = await SignInAsync();
        await peer.OkAsync($"SELECT {folder}");
        return peer;
    }

    public Task DeliverAsync(string text) => Host.DeliverAsync(Mailbox, text);

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Host.DisposeAsync();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=imap.provider.example", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
