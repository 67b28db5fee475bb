using System.Net;
using System.Net.Sockets;

namespace Mailreeve.Serving;

/// <summary>Ports of this machine that nobody uses.</summary>
/// <remarks>
/// They lie below those that Linux gives to outgoing connections (32768 and up): one of these, free a moment ago, may be a connection's by
/// the time that a server listens on it.
/// </remarks>
internal static class LocalPorts
{
    private const int First = 10_000;
    private const int End = 32_768;
    private const int TriesMax = 1_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>A port that was free a moment ago, and was not given to anybody in this process before.</summary>
    /// <exception cref="InvalidOperationException">None was found.</exception>
    public static int Free()
    {
        lock (Given)
        {
            for (var tries = 0; tries < TriesMax; tries++)
            {
                var port = Random.Shared.Next(First, End);
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No port from {First} to {End - 1} is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
