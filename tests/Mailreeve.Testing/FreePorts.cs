using System.Net;
using System.Net.Sockets;

namespace Mailreeve.Testing;

/// <summary>Ports of this machine for servers of a test.</summary>
/// <remarks>Below those that Linux gives to outgoing connections (32768 and up): one of these may be taken between being found free and being listened on.</remarks>
public static class FreePorts
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that is free and was not given out before by this process.</summary>
    public static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                var port = Random.Shared.Next(10_000, 32_768);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }
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
