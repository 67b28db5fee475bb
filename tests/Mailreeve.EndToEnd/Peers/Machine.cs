using System.Net;
using System.Net.Sockets;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>A machine of the network of peers: addresses of its own, a loopback of its own, and every port free.</summary>
internal sealed class Machine(NetworkNamespace network, IReadOnlyList<IPAddress> addresses) : IDisposable
{
    /// <summary>Its first address.</summary>
    public IPAddress Address => addresses[0];

    /// <summary>All of them.</summary>
    public IReadOnlyList<IPAddress> Addresses => addresses;

    /// <summary>What a program is started under to run there; it becomes the program.</summary>
    public IReadOnlyList<string> Enter => ["nsenter", $"--net={network.Path}", "--"];

    /// <summary>A connection from it.</summary>
    /// <param name="to">Whom it calls.</param>
    /// <param name="port">The port.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <param name="from">Which of its addresses it calls from; null for the first.</param>
    public async Task<Socket> ConnectAsync(IPAddress to, int port, CancellationToken stop, IPAddress? from = null)
    {
        var socket = network.In(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            if (from is not null)
                socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, port, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that listens on it.</summary>
    public Socket Listen(IPAddress at, int port) => network.In(() =>
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(at, port));
        socket.Listen(128);
        return socket;
    });

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
