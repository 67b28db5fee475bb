using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Lmtp;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Smtp;

/// <summary>A listener on a free loopback port that keeps what it takes in a list, or where it is told to.</summary>
internal sealed class SmtpTestServer : IAsyncDisposable
{
    public static readonly Instant Start = Instant.FromUtc(2026, 3, 5, 4, 5, 6);

    public static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly WebApplication app;

    private SmtpTestServer(WebApplication app, int port, ConcurrentQueue<ReceivedMessage> kept)
    {
        this.app = app;
        Port = port;
        Kept = kept;
    }

    public int Port { get; }

    /// <summary>Messages that were acknowledged.</summary>
    public ConcurrentQueue<ReceivedMessage> Kept { get; }

    public static async Task<SmtpTestServer> StartAsync(Func<SmtpServerParts, SmtpServerParts>? change = null, SmtpDoor door = SmtpDoor.Exchange)
    {
        var kept = new ConcurrentQueue<ReceivedMessage>();
        var parts = new SmtpServerParts
        {
            HostName = "mx.provider.example",
            Domains = new OwnDomains(["provider.example"]),
            WhereToTurn = "https://provider.example/case",
            Limits = new SmtpLimits { SizeBytesMax = 65_536, HeaderBytesMax = 32_768 },
            Tls = new ServerTls(Certificate),
            Blocks = () => BlockView.Empty,
            Keep = (message, _) =>
            {
                kept.Enqueue(message);
                return Task.FromResult($"report R-{kept.Count}");
            },
            Clock = new FakeClock(Start),
        };
        parts = change?.Invoke(parts) ?? parts;

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            var endPoint = new IPEndPoint(IPAddress.Loopback, 0);
            switch (door)
            {
                case SmtpDoor.Lmtp:
                    o.ListenLmtp(endPoint, parts);
                    break;
                case SmtpDoor.Submission:
                    o.ListenSubmission(endPoint, parts);
                    break;
                default:
                    o.ListenSmtp(endPoint, parts);
                    break;
            }
        });
        var app = builder.Build();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new SmtpTestServer(app, new Uri(address).Port, kept);
    }

    public Task<SmtpPeer> ConnectAsync() => SmtpPeer.ConnectAsync(Port);

    /// <summary>A connection that is past EHLO.</summary>
    public async Task<SmtpPeer> GreetAsync()
    {
        var peer = await ConnectAsync();
        await peer.ReplyAsync();
        await peer.AskAsync("EHLO client.example");
        return peer;
    }

    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mx.provider.example", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
