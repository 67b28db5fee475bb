using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mailreeve.Protocols.Dns;
using Mailreeve.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Lists;

/// <summary>Tells resolvers that the zone of blocked names has another state (RFC 1996), so that they fetch it at once and not when they would have asked.</summary>
/// <param name="options">Whom to tell.</param>
/// <param name="names">The zone.</param>
/// <param name="views">Tell when names have changed.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Where it tells whom it could not reach.</param>
public sealed class ListNotices(ListServerOptions options, BlockedNames names, LiveViews views, IClock clock, ILogger<ListNotices> log) : BackgroundService
{
    // They ask by themselves too, so nothing is lost with the last try.
    private const int TriesMax = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // Each of them on its own: one that does not answer keeps no other waiting.
    private readonly List<(IPEndPoint To, SemaphoreSlim Wake)> resolvers = [.. options.Notify.Select(to => (to, new SemaphoreSlim(0, 1)))];

    /// <inheritdoc/>
    public override void Dispose()
    {
        resolvers.ForEach(r => r.Wake.Dispose());
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        views.FollowNames(Wake);
        try
        {
            await Task.WhenAll(resolvers.Select(r => KeepToldAsync(r.To, r.Wake, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // They ask the next one who serves it.
        }
        finally
        {
            views.UnfollowNames(Wake);
        }
    }

    private void Wake()
    {
        foreach (var (_, wake) in resolvers)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is awake already.
            }
        }
    }

    private async Task KeepToldAsync(IPEndPoint to, SemaphoreSlim wake, CancellationToken stop)
    {
        uint? told = null;
        while (true)
        {
            // Names begin and end by the clock too.
            var zone = names.At(clock.GetCurrentInstant());
            if (told != zone.Serial)
                await TellAsync(to, stop);
            told = zone.Serial;
            await wake.WaitAsync(Tick, stop);
        }
    }

    private async Task TellAsync(IPEndPoint to, CancellationToken stop)
    {
        try
        {
            using var socket = new UdpClient(to.AddressFamily);
            // They take notices from the address only that they know for the zone's server.
            if (options.Listen.FirstOrDefault(l => l.AddressFamily == to.AddressFamily && !l.Address.Equals(IPAddress.Any) && !l.Address.Equals(IPAddress.IPv6Any)) is { } own)
                socket.Client.Bind(new IPEndPoint(own.Address, 0));
            socket.Connect(to);
            for (var attempt = 0; attempt < TriesMax; attempt++)
            {
                var number = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
                await socket.SendAsync(DnsNotice.Of(options.Names!.Zone, number), stop);
                if (await IsAnsweredAsync(socket, number, stop))
                    return;
            }

            log.NoticeNotTaken(to, "it did not answer");
        }
        catch (SocketException e)
        {
            log.NoticeNotTaken(to, e.Message);
        }
    }

    private static async Task<bool> IsAnsweredAsync(UdpClient socket, ushort number, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (DnsNotice.IsAnswer((await socket.ReceiveAsync(patience.Token)).Buffer, number))
                    return true;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
