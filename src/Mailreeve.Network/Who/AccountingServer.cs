using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>
/// Takes RADIUS accounting (RFC 2866, with the attributes of RFC 2869, 3162, 4818 and 6911). What does not come from a client, or was not
/// made with its secret, is dropped in silence and counted. A record is answered when it is on disk, and not before: an answer is the only
/// thing that makes its sender forget it.
/// </summary>
/// <remarks>Records that come while one transaction is written wait for the next one, and share it.</remarks>
public sealed class AccountingServer(
    Database database, LiveViews views, AccountingOptions options, IClock clock, ILogger<AccountingServer> log) : BackgroundService
{
    private const int WaitingMax = 16_384;
    private const int RecordsPerCommit = 1_000;

    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly ConcurrentDictionary<string, bool> warned = new(StringComparer.Ordinal);
    private readonly DatagramDoors doors = new();

    /// <summary>What became of the packets.</summary>
    public AccountingCounts Counts { get; } = new();

    /// <summary>Where it listens, once it was started.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => doors.EndPoints;

    /// <inheritdoc/>
    /// <exception cref="SocketException">A port is in use, or may not be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        doors.Open(options.Listen);
        foreach (var endPoint in doors.EndPoints)
            log.AccountingTaken(endPoint);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        doors.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(doors.ReceiveAsync(Look, log.AccountingNotReceived, stoppingToken), WriteAsync(stoppingToken));

    private void Look(Socket socket, IPEndPoint from, ReadOnlyMemory<byte> datagram)
    {
        if (ClientAt(Address.From(from.Address)) is not { } client)
            Counts.AddUnknownClient();
        else if (!RadiusPacket.TryRead(datagram, out var packet) || packet.Code != RadiusCode.AccountingRequest)
            Counts.AddMalformed();
        else if (!IsGenuine(client, packet))
            Forged(client);
        else if (AccountingRequest.Read(packet) is not { } request)
            Counts.AddMalformed();
        else if (!waiting.Writer.TryWrite(new Waiting(
                     socket, from, AccountingNews.Of(request, client, views.Directory, clock.GetCurrentInstant()), AnswerTo(packet, client))))
            Counts.AddOverloaded();
    }

    private RadiusClient? ClientAt(Address from) =>
        options.Clients.Where(c => c.From.Any(p => p.Contains(from))).MaxBy(c => c.From.Where(p => p.Contains(from)).Max(p => p.Length));

    private static bool IsGenuine(RadiusClient client, RadiusPacket packet) =>
        client.Secret.Check(packet, default) switch
        {
            MessageAuthenticity.Genuine => true,
            MessageAuthenticity.Absent => !client.RequiresMessageAuthenticator,
            _ => false,
        } && client.Secret.IsGenuineRequest(packet);

    private void Forged(RadiusClient client)
    {
        Counts.AddForged();
        if (warned.TryAdd(client.Name, true))
            log.AccountingForged(client.Name);
    }

    // Proxies want back what they gave (RFC 2865 §5.33). No Message-Authenticator: RFC 2869 §5.19 has none in this answer, and FreeRADIUS
    // computes it over other octets than it does for every other answer, and drops what does not agree.
    private static byte[] AnswerTo(RadiusPacket packet, RadiusClient client)
    {
        var answer = new RadiusWriter(RadiusCode.AccountingResponse, packet.Identifier);
        foreach (var state in packet.Attributes.Where(a => a.Type == RadiusType.ProxyState))
            answer.Add(RadiusType.ProxyState, state.Value.Span);
        return answer.ToAnswer(client.Secret, packet.Authenticator.Span);
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        var batch = new List<Waiting>(RecordsPerCommit);
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stop))
            {
                batch.Clear();
                while (batch.Count < RecordsPerCommit && waiting.Reader.TryRead(out var one))
                    batch.Add(one);
                await TakeAsync(batch, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was not answered comes again, after the next start.
        }
    }

    private async Task TakeAsync(List<Waiting> batch, CancellationToken stop)
    {
        try
        {
            var now = clock.GetCurrentInstant();
            var news = batch.ConvertAll(w => w.News);
            await database.WriteAsync(db => SessionIntake.TakeAsync(db, news, now, stop), stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.AccountingNotWritten(e, batch.Count);
            if (batch.Count == 1)
            {
                Counts.AddFailed();
                return;
            }

            // One of them may be what it fails on; the others must not come again for ever because of it.
            foreach (var one in batch.ToList())
                await TakeAsync([one], stop);
            return;
        }

        Counts.AddTaken(batch.Count);
        foreach (var one in batch)
            await AnswerAsync(one, stop);
    }

    private async Task AnswerAsync(Waiting one, CancellationToken stop)
    {
        try
        {
            await one.Socket.SendToAsync(one.Answer, SocketFlags.None, one.From, stop);
        }
        catch (SocketException e)
        {
            // It asks again, and what it says is known then.
            log.AccountingNotReceived(e, one.From);
        }
    }

    private sealed record Waiting(Socket Socket, IPEndPoint From, SessionNews News, byte[] Answer);
}

/// <summary>Where accounting is taken, and from whom.</summary>
/// <param name="Listen">Where; empty for nowhere.</param>
/// <param name="Clients">From whom.</param>
public sealed record AccountingOptions(IReadOnlyList<IPEndPoint> Listen, IReadOnlyList<RadiusClient> Clients)
{
    /// <summary>Nowhere.</summary>
    public static readonly AccountingOptions None = new([], []);
}
