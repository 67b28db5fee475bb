using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Mailreeve.Protocols.Netlink;

/// <summary>
/// Writes netlink messages one after another (netlink(7)): headers and lengths in the machine's byte order, values as the subsystem wants them;
/// nf_tables wants network order.
/// </summary>
public sealed class NetlinkWriter
{
    /// <summary>Octets of a message's header.</summary>
    internal const int HeaderLength = 16;

    private byte[] bytes = new byte[4096];
    private int length;
    private int message = -1;
    private int last;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    /// <summary>Begins a message.</summary>
    /// <param name="type">Subsystem and kind.</param>
    /// <param name="flags">See <see cref="NetlinkFlags"/>.</param>
    /// <param name="sequence">Comes back in answers.</param>
    public void Begin(ushort type, NetlinkFlags flags, uint sequence)
    {
        if (message >= 0)
            throw new InvalidOperationException("The message before has not ended.");
        message = length;
        var header = Take(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)flags);
        MemoryMarshal.Write(header[8..], sequence);
    }

    /// <summary>Ends the message.</summary>
    public void End()
    {
        MemoryMarshal.Write(bytes.AsSpan(message), length - message);
        last = message;
        message = -1;
    }

    /// <summary>Adds flags to the message that ended last.</summary>
    public void AddFlagsToLast(NetlinkFlags flags)
    {
        var place = bytes.AsSpan(last + 6);
        MemoryMarshal.Write(place, (ushort)(MemoryMarshal.Read<ushort>(place) | (ushort)flags));
    }

    /// <summary>Octets since the place that <see cref="BeginNest"/> gave.</summary>
    public int LengthSince(int place) => length - place;

    /// <summary>Adds octets that are no attribute, as after a header.</summary>
    public void PutRaw(ReadOnlySpan<byte> octets) => octets.CopyTo(Take(octets.Length));

    /// <summary>Adds an attribute.</summary>
    public void Put(ushort type, ReadOnlySpan<byte> value)
    {
        var whole = Take(4 + Padded(value.Length));
        MemoryMarshal.Write(whole, checked((ushort)(4 + value.Length)));
        MemoryMarshal.Write(whole[2..], type);
        value.CopyTo(whole[4..]);
    }

    /// <summary>Adds an attribute of four octets in network order.</summary>
    public void Put(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Put(type, octets);
    }

    /// <summary>Adds an attribute of eight octets in network order.</summary>
    public void Put(ushort type, ulong value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        Put(type, octets);
    }

    /// <summary>Adds a text with the zero octet that ends it.</summary>
    public void Put(ushort type, string text)
    {
        Span<byte> octets = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        var written = Encoding.UTF8.GetBytes(text, octets);
        octets[written] = 0;
        Put(type, octets[..(written + 1)]);
    }

    /// <summary>Begins an attribute that is made of attributes.</summary>
    /// <returns>Its place, for <see cref="EndNest"/>.</returns>
    public int BeginNest(ushort type)
    {
        var place = length;
        Take(4);
        MemoryMarshal.Write(bytes.AsSpan(place + 2), (ushort)(type | NetlinkAttributes.Nested));
        return place;
    }

    /// <summary>Ends it.</summary>
    /// <exception cref="OverflowException">More than 65,535 octets are in it, which its length cannot say.</exception>
    public void EndNest(int place) => MemoryMarshal.Write(bytes.AsSpan(place), checked((ushort)(length - place)));

    internal static int Padded(int octets) => (octets + 3) & ~3;

    private Span<byte> Take(int octets)
    {
        if (length + octets > bytes.Length)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + octets));
        var taken = bytes.AsSpan(length, octets);
        taken.Clear();
        length += octets;
        return taken;
    }
}

/// <summary>Flags of a netlink message (<c>linux/netlink.h</c>).</summary>
[Flags]
public enum NetlinkFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It asks the kernel for something.</summary>
    Request = 1,

    /// <summary>More of the same answer follow, up to one that says it is done.</summary>
    Multi = 2,

    /// <summary>An answer is wanted also when all went well.</summary>
    Ack = 4,

    /// <summary>What is read out was changed meanwhile: read it again.</summary>
    DumpInterrupted = 0x10,

    /// <summary>Everything, rather than one.</summary>
    Dump = 0x300,

    /// <summary>Make it when it is not there.</summary>
    Create = 0x400,

    /// <summary>At the end of a list.</summary>
    Append = 0x800,
}
