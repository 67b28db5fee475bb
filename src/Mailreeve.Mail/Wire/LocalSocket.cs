using System.Net;
using System.Net.Sockets;

namespace Mailreeve.Mail.Wire;

/// <summary>The socket at which other servers of this machine or of a network of one's own are waited for.</summary>
internal static class LocalSocket
{
    private const int Backlog = 512;

    // Read and write for everybody. Who gets there is decided by its folder, as with the sockets of Postfix itself, which runs as another user.
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Binds it and listens.</summary>
    /// <param name="endPoint">An address, or the path of a Unix socket; what a process that was killed has left there is removed.</param>
    /// <exception cref="SocketException">It cannot be had.</exception>
    public static Socket Listen(EndPoint endPoint)
    {
        var unix = endPoint as UnixDomainSocketEndPoint;
        if (unix is not null)
            RemoveAbandoned(unix);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, unix is null ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            // As Kestrel does: an address of IPv6 that stands for all takes IPv4, too.
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endPoint);
            if (unix is not null && !OperatingSystem.IsWindows())
                File.SetUnixFileMode($"{unix}", Mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
