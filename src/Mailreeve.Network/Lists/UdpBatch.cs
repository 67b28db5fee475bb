using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Lists;

/// <summary>
/// Takes as many datagrams as wait, and sends as many answers, with one call of the kernel each (recvmmsg(2), sendmmsg(2)): for small
/// questions the calls are most of the work. On 64-bit Linux; used by one thread.
/// </summary>
internal sealed unsafe partial class UdpBatch : IDisposable
{
    private const int Size = 64;
    private const int QueryBytesMax = 1024;
    private const int NameBytes = 28;
    private const int NameRoom = 32;
    private const int ControlRoom = 64;
    private const int ControlHeader = 16;
    private const int FamilyIPv4 = 2;
    private const int WaitForOne = 0x10000;
    private const int Truncated = 0x20;
    private const int Interrupted = 4;
    private const int LevelIP = 0;
    private const int PacketInfo = 8;
    private const int LevelIPv6 = 41;
    private const int ReceivePacketInfo6 = 49;

    private readonly Socket socket;
    private readonly bool tellsOwnAddress;
    private readonly byte* memory;
    private readonly Datagram* received;
    private readonly Datagram* sending;
    private readonly Piece* pieces;
    private readonly byte* names;
    private readonly byte* controls;
    private readonly byte* queries;
    private readonly byte* answers;
    private int waiting;
    private int used = Size;

    /// <summary>For a socket that is bound.</summary>
    /// <param name="socket">Stays the caller's to dispose of, after this.</param>
    /// <param name="tellsOwnAddress">Whether it listens on all addresses: then an answer has to leave from the one that was asked.</param>
    public UdpBatch(Socket socket, bool tellsOwnAddress)
    {
        (this.socket, this.tellsOwnAddress) = (socket, tellsOwnAddress);
        if (tellsOwnAddress)
        {
            Span<byte> yes = stackalloc byte[4];
            MemoryMarshal.Write(yes, 1);
            var isIPv4 = socket.AddressFamily == AddressFamily.InterNetwork;
            socket.SetRawSocketOption(isIPv4 ? LevelIP : LevelIPv6, isIPv4 ? PacketInfo : ReceivePacketInfo6, yes);
        }

        var each = (2 * sizeof(Datagram)) + (2 * sizeof(Piece)) + NameRoom + ControlRoom + QueryBytesMax + DnsReply.UdpBytesMax;
        memory = (byte*)NativeMemory.AllocZeroed((nuint)(Size * each));
        received = (Datagram*)memory;
        sending = received + Size;
        pieces = (Piece*)(sending + Size);
        names = (byte*)(pieces + (2 * Size));
        controls = names + (Size * NameRoom);
        queries = controls + (Size * ControlRoom);
        answers = queries + (Size * QueryBytesMax);
        for (var i = 0; i < Size; i++)
        {
            pieces[i] = new Piece { Octets = queries + (i * QueryBytesMax), Length = QueryBytesMax };
            pieces[Size + i].Octets = answers + (i * DnsReply.UdpBytesMax);
        }
    }

    /// <summary>Waits for datagrams, and takes those that are there.</summary>
    /// <returns>How many; 0 when none came in the time that the socket waits, or the socket told of a trouble with an earlier answer.</returns>
    public int Receive()
    {
        waiting = 0;
        // The kernel has written to those that were used.
        for (var i = 0; i < used; i++)
        {
            received[i] = new Datagram
            {
                Name = names + (i * NameRoom),
                NameLength = NameBytes,
                Pieces = pieces + i,
                PieceCount = 1,
                Control = tellsOwnAddress ? controls + (i * ControlRoom) : null,
                ControlLength = tellsOwnAddress ? ControlRoom : 0u,
            };
        }

        used = Math.Max(0, ReceiveMany(socket.SafeHandle, received, Size, WaitForOne, null));
        return used;
    }

    /// <summary>A datagram; empty when it is longer than any question.</summary>
    public ReadOnlySpan<byte> Query(int i) => (received[i].Flags & Truncated) != 0 ? [] : new(queries + (i * QueryBytesMax), (int)received[i].Length);

    /// <summary>Who sent it.</summary>
    public Address From(int i)
    {
        var name = names + (i * NameRoom);
        if (*(ushort*)name == FamilyIPv4)
            return new Address(0xFFFF_0000_0000UL | System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(name + 4, 4)));
        return Address.FromBytes(new ReadOnlySpan<byte>(name + 8, 16));
    }

    /// <summary>Where the answer to it is written.</summary>
    public Span<byte> Room(int i) => new(answers + (i * DnsReply.UdpBytesMax), DnsReply.UdpBytesMax);

    /// <summary>Its answer is written, and will go with the others.</summary>
    public void Answer(int i, int octets)
    {
        pieces[Size + i].Length = (nuint)octets;
        sending[waiting++] = new Datagram
        {
            Name = received[i].Name,
            NameLength = received[i].NameLength,
            Pieces = pieces + Size + i,
            PieceCount = 1,
            Control = received[i].ControlLength > ControlHeader ? FromThere(received[i].Control) : null,
            ControlLength = received[i].ControlLength > ControlHeader ? received[i].ControlLength : 0,
        };
    }

    /// <summary>Sends the answers. One that cannot be sent is lost, as on any network.</summary>
    public void Send()
    {
        for (var sent = 0; sent < waiting;)
        {
            var more = SendMany(socket.SafeHandle, sending + sent, (uint)(waiting - sent), 0);
            if (more > 0)
                sent += more;
            else if (Marshal.GetLastPInvokeError() != Interrupted)
                sent++;
        }

        waiting = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(memory);

    // What the kernel tells of the way a datagram came is what it takes for the way back. The interface is left to the routes, which need not
    // lead back where it came from; but an address of a link is one of its interface only.
    private static byte* FromThere(byte* control)
    {
        var data = control + ControlHeader;
        if (*(int*)(control + 8) == LevelIP)
            *(int*)data = 0;
        else if (!(data[0] == 0xFE && (data[1] & 0xC0) == 0x80))
            *(int*)(data + 16) = 0;
        return control;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(SafeSocketHandle socket, Datagram* datagrams, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(SafeSocketHandle socket, Datagram* datagrams, uint count, int flags);

    // struct mmsghdr: a struct msghdr, and how long the datagram was.
    [StructLayout(LayoutKind.Sequential)]
    private struct Datagram
    {
        public byte* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int padding;
        public uint Length;
        private readonly int padding2;
    }

    // struct iovec.
    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public byte* Octets;
        public nuint Length;
    }
}
