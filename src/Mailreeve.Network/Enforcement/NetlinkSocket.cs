using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mailreeve.Network.Enforcement;

/// <summary>A socket to the kernel's netfilter (netlink(7)), in the network that its thread was in. .NET's own cannot be made for this family, but can take one over.</summary>
internal sealed partial class NetlinkSocket : IDisposable
{
    /// <summary>errno(3) of who has not the right to.</summary>
    internal const int NoPermission = 1;

    private const int FamilyNetlink = 16;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int ProtocolNetfilter = 12;
    private const int SocketLevel = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;
    private const int NetlinkLevel = 270;
    private const int AddMembership = 1;
    private const int DropMembership = 2;
    private const int CapAcknowledgement = 10;

    private readonly Socket socket;

    private NetlinkSocket(Socket socket, uint port) => (this.socket, Port) = (socket, port);

    /// <summary>The number under which the kernel knows it.</summary>
    public uint Port { get; }

    /// <summary>Opens one.</summary>
    /// <param name="receiveOctets">What the kernel keeps for us until we read it.</param>
    /// <exception cref="EnforcementException">This kernel has none.</exception>
    public static NetlinkSocket Open(int receiveOctets)
    {
        var fd = MakeSocket(FamilyNetlink, TypeRaw | CloseOnExec, ProtocolNetfilter);
        if (fd < 0)
            throw new EnforcementException($"This kernel has no netfilter to talk to: {Marshal.GetLastPInvokeErrorMessage()}.");
        var handle = new SafeSocketHandle(fd, ownsHandle: true);
        // struct sockaddr_nl: family, padding, port (0: the kernel chooses), groups.
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)FamilyNetlink);
        var length = address.Length;
        if (Bind(handle, address, length) != 0 || GetName(handle, address, ref length) != 0)
        {
            var (error, why) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
            handle.Dispose();
            throw new EnforcementException(error == NoPermission ? EnforcementException.NoPermission : $"The socket to netfilter cannot be bound: {why}.");
        }

        var socket = new Socket(handle);
        Set(socket, SocketLevel, ReceiveBufferForce, receiveOctets);
        // An answer to a change that is wrong would repeat the whole of it.
        Set(socket, NetlinkLevel, CapAcknowledgement, 1);
        return new NetlinkSocket(socket, MemoryMarshal.Read<uint>(address[4..]));
    }

    /// <summary>Is told from now on of what belongs to a group, or no more.</summary>
    /// <exception cref="EnforcementException">The kernel does not want that.</exception>
    public void Follow(int group, bool isWanted)
    {
        Span<byte> octets = stackalloc byte[4];
        MemoryMarshal.Write(octets, group);
        try
        {
            socket.SetRawSocketOption(NetlinkLevel, isWanted ? AddMembership : DropMembership, octets);
        }
        catch (SocketException e)
        {
            throw new EnforcementException(
                e.SocketErrorCode == SocketError.AccessDenied ? EnforcementException.NoPermission : $"The kernel does not tell what changes in the packet filter: {e.Message}.", e);
        }
    }

    /// <summary>Sends messages in one piece. The kernel has worked on them and answered when this returns.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        // A batch is one datagram, and the kernel counts what it needs to keep it besides.
        if (messages.Length > 64 * 1024)
            Set(socket, SocketLevel, SendBufferForce, messages.Length + (1 << 20));
        socket.Send(messages);
    }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Octets; 0 when there is nothing.</returns>
    public int Receive(Span<byte> into) => socket.Poll(0, SelectMode.SelectRead) ? socket.Receive(into) : 0;

    /// <summary>Waits for something, and takes it.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken stop) => socket.ReceiveAsync(into, stop);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    // Without the right to, the limit of the machine stays, and a batch that is too large is refused with a reason.
    private static void Set(Socket socket, int level, int option, int value)
    {
        Span<byte> octets = stackalloc byte[4];
        MemoryMarshal.Write(octets, value);
        try
        {
            socket.SetRawSocketOption(level, option, octets);
        }
        catch (SocketException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int MakeSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeSocketHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(SafeSocketHandle socket, Span<byte> address, ref int length);
}
