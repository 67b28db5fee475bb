using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mailreeve.Mail.Wire;

/// <summary>The socket at which other servers of this machine or of a network of one's own are waited for.</summary>
public static class LocalSocket
{
    // Read and write for everybody. Who gets there is decided by its folder, as with the sockets of Postfix itself, which runs as another user.
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Binds it: for Kestrel (<see cref="SocketTransportOptions.CreateBoundListenSocket"/>), and wherever else we listen.</summary>
    /// <param name="endPoint">An address, or the path of a Unix socket; what a process that was killed has left there is removed.</param>
    /// <exception cref="SocketException">It cannot be had.</exception>
    public static Socket Bound(EndPoint endPoint)
    {
        if (endPoint is UnixDomainSocketEndPoint unix)
            RemoveAbandoned(unix);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
            File.SetUnixFileMode($"{endPoint}", Mode);
        return socket;
    }

    private static void RemoveAbandoned(UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists($"{endPoint}"))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete($"{endPoint}");
        }
    }
}
