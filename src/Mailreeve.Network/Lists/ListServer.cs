using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Lists;

/// <summary>
/// The name server for our own lists: blocks as a list of addresses (RFC 5782), and blocked names as a zone for resolvers, over UDP and TCP (RFC 7766). Whoever may not ask is refused,
/// and what is no question gets no answer, or the shortest one.
/// </summary>
/// <remarks>Each UDP socket has a thread of its own, which takes and answers datagrams in batches and does nothing else.</remarks>
public sealed class ListServer(ListServerOptions options, ListAnswers answers, IClock clock, ILogger<ListServer> log) : BackgroundService
{
    private const int QueryBytesMax = 4096;
    private const int BufferBytes = 4 << 20;

    // So long does a thread stay in the kernel before it looks whether it is to end.
    private const int LookMilliseconds = 200;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly List<Socket> udp = [];
    private readonly List<Socket> tcp = [];
    private readonly List<Thread> threads = [];
    private readonly ConnectionCounts connections = new(options.ConnectionsPerAddress, options.ConnectionsMax);
    private volatile bool isEnding;

    /// <summary>What became of the questions.</summary>
    public ListServerCounts Counts => answers.Counts;

    /// <summary>Where it listens, once it was started: the same over UDP and TCP.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. udp.Select(s => (IPEndPoint)s.LocalEndPoint!)];

    /// <inheritdoc/>
    /// <exception cref="SocketException">A port is in use, or may not be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var endPoint in options.Listen)
            Bind(endPoint);
        foreach (var socket in udp)
        {
            var thread = new Thread(() => Serve(socket)) { IsBackground = true, Name = $"lists {socket.LocalEndPoint}" };
            threads.Add(thread);
            thread.Start();
            log.ListsServed(socket.LocalEndPoint!);
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        isEnding = true;
        await base.StopAsync(cancellationToken);
        await Task.Run(() => threads.ForEach(t => t.Join()), cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        isEnding = true;
        threads.ForEach(t => t.Join());
        udp.ForEach(s => s.Dispose());
        tcp.ForEach(s => s.Dispose());
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(tcp.Select(s => AcceptAsync(s, stoppingToken)));

    private void Bind(IPEndPoint endPoint)
    {
        // A port that the system chose for one may be taken for the other; asked again it chooses another.
        for (var attempt = 0; ; attempt++)
        {
            var datagrams = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                    datagrams.DualMode = listener.DualMode = IsForBoth(endPoint);
                datagrams.ReceiveBufferSize = datagrams.SendBufferSize = BufferBytes;
                datagrams.ReceiveTimeout = LookMilliseconds;
                datagrams.Bind(endPoint);
                listener.Bind(datagrams.LocalEndPoint!);
                listener.Listen();
                udp.Add(datagrams);
                tcp.Add(listener);
                return;
            }
            catch (SocketException) when (endPoint.Port == 0 && attempt < 16)
            {
                datagrams.Dispose();
                listener.Dispose();
            }
            catch
            {
                datagrams.Dispose();
                listener.Dispose();
                throw;
            }
        }
    }

    private bool IsForBoth(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.IPv6Any) && !options.Listen.Any(e => e.Port == endPoint.Port && e.AddressFamily == AddressFamily.InterNetwork);

    private void Serve(Socket socket)
    {
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        using var batch = new UdpBatch(socket, address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        while (!isEnding)
        {
            try
            {
                ServeBatch(batch);
            }
            catch (Exception e)
            {
                // What leaves a thread ends the program, and mail with it.
                log.ListQuestionsLost(e, socket.LocalEndPoint!);
            }
        }
    }

    private void ServeBatch(UdpBatch batch)
    {
        var count = batch.Receive();
        if (count == 0)
            return;
        var now = clock.GetCurrentInstant();
        lock (answers.Gate)
        {
            for (var i = 0; i < count; i++)
            {
                if (answers.Answer(batch.Query(i), batch.From(i), now, batch.Room(i), overUdp: true) is > 0 and var octets)
                    batch.Answer(i, octets);
            }
        }

        batch.Send();
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        var open = new HashSet<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(stop);
                var from = Address.From(((IPEndPoint)client.RemoteEndPoint!).Address);
                open.RemoveWhere(t => t.IsCompleted);
                if (answers.MayAsk(from) && connections.Enter(from) == ConnectionCounts.Admission.Welcome)
                    open.Add(ConverseAsync(client, from, stop));
                else
                    client.Dispose();
            }
            catch (SocketException e)
            {
                // Too many open files, or who called has hung up already.
                log.ListConnectionNotTaken(e, listener.LocalEndPoint!);
                await Task.Delay(PauseAfterFailure, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(open);
    }

    private async Task ConverseAsync(Socket client, Address from, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (query, answer) = (new byte[QueryBytesMax], new byte[2 + ushort.MaxValue]);
        try
        {
            client.NoDelay = true;
            await using var stream = new NetworkStream(client, ownsSocket: true);
            while (true)
            {
                patience.CancelAfter(options.Idle);
                await stream.ReadExactlyAsync(query.AsMemory(0, 2), patience.Token);
                var length = BinaryPrimitives.ReadUInt16BigEndian(query);
                if (length is < DnsQuery.HeaderLength or > QueryBytesMax)
                    return;
                await stream.ReadExactlyAsync(query.AsMemory(0, length), patience.Token);
                if (TransferOf(query.AsSpan(0, length), from) is { } transfer)
                {
                    await TransferAsync(transfer, stream, answer, patience);
                    continue;
                }

                var octets = AnswerOverTcp(query.AsSpan(0, length), from, answer.AsSpan(2));
                if (octets == 0)
                    return;
                BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)octets);
                await stream.WriteAsync(answer.AsMemory(0, 2 + octets), patience.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // It has hung up, or says nothing, or does not fetch its answer.
        }
        finally
        {
            client.Dispose();
            connections.Leave(from);
        }
    }

    private async Task TransferAsync(ZoneTransfer transfer, NetworkStream stream, byte[] message, CancellationTokenSource patience)
    {
        while (transfer.Next(message.AsSpan(2)) is > 0 and var octets)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)octets);
            patience.CancelAfter(options.Idle);
            await stream.WriteAsync(message.AsMemory(0, 2 + octets), patience.Token);
        }
    }

    private ZoneTransfer? TransferOf(ReadOnlySpan<byte> query, Address from)
    {
        lock (answers.Gate)
            return answers.Transfer(query, from, clock.GetCurrentInstant());
    }

    private int AnswerOverTcp(ReadOnlySpan<byte> query, Address from, Span<byte> into)
    {
        lock (answers.Gate)
            return answers.Answer(query, from, clock.GetCurrentInstant(), into, overUdp: false);
    }
}
