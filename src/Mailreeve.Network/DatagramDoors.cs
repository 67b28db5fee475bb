using System.Net;
using System.Net.Sockets;

namespace Mailreeve.Network;

/// <summary>Takes a datagram; what it holds is somebody else's as soon as this returns.</summary>
/// <param name="door">Where it came in, and where an answer goes out.</param>
/// <param name="from">From whom.</param>
/// <param name="datagram">The datagram.</param>
internal delegate void DatagramTaker(Socket door, IPEndPoint from, ReadOnlyMemory<byte> datagram);

/// <summary>UDP sockets on which nothing but whole datagrams are taken, one after another on each.</summary>
internal sealed class DatagramDoors : IDisposable
{
    private const int ReceiveBufferBytes = 4 << 20;

    private readonly List<Socket> sockets = [];

    /// <summary>Where they listen.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. sockets.Select(s => (IPEndPoint)s.LocalEndPoint!)];

    /// <summary>Opens them.</summary>
    /// <exception cref="SocketException">A port is in use, or may not be used.</exception>
    public void Open(IEnumerable<IPEndPoint> listen)
    {
        foreach (var endPoint in listen)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            sockets.Add(socket);
            socket.ReceiveBufferSize = ReceiveBufferBytes;
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
        }
    }

    /// <summary>Takes what comes, until it is stopped.</summary>
    /// <param name="take">Takes it.</param>
    /// <param name="failed">Is told what went wrong with one; the next one is taken all the same.</param>
    /// <param name="stop">Stops it.</param>
    public Task ReceiveAsync(DatagramTaker take, Action<SocketException, EndPoint> failed, CancellationToken stop) =>
        Task.WhenAll(sockets.Select(s => Task.Run(() => ReceiveAsync(s, take, failed, stop), stop)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var socket in sockets)
            socket.Dispose();
    }

    private static async Task ReceiveAsync(Socket socket, DatagramTaker take, Action<SocketException, EndPoint> failed, CancellationToken stop)
    {
        var buffer = new byte[ushort.MaxValue];
        EndPoint any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, stop);
                take(socket, (IPEndPoint)received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes));
            }
            catch (SocketException e)
            {
                // ICMP about an answer that nobody took comes out here, and other passing troubles of one datagram.
                failed(e, socket.LocalEndPoint!);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
