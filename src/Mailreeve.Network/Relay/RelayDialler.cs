using System.Net;
using System.Net.Sockets;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Relay;

/// <summary>Connects to hosts that are tested, from the address that is announced for it.</summary>
public static class RelayDialler
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(30);

    /// <summary>Connects.</summary>
    /// <param name="to">The host and port.</param>
    /// <param name="from">Our address; <see langword="null"/> for whatever the machine chooses, also when it is of the other family.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <exception cref="SocketException">Nobody answers, or refuses.</exception>
    /// <exception cref="TimeoutException">Nothing came back in time.</exception>
    public static async Task<Socket> ConnectAsync(IPEndPoint to, Address? from, CancellationToken stop)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from?.ToIPAddress() is { } own && own.AddressFamily == to.AddressFamily)
                socket.Bind(new IPEndPoint(own, 0));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(ConnectWithin);
            await socket.ConnectAsync(to, limit.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException("Nobody answered in time");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
