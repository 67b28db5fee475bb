using System.Runtime.InteropServices;

namespace Mailreeve.Protocols.Netlink;

/// <summary>One message that came from the kernel.</summary>
public readonly ref struct NetlinkMessage
{
    /// <summary>The type of an answer that says how a request went.</summary>
    public const ushort Error = 2;

    /// <summary>The type of the message after the last of several.</summary>
    public const ushort Done = 3;

    internal NetlinkMessage(ReadOnlySpan<byte> octets)
    {
        Type = MemoryMarshal.Read<ushort>(octets[4..]);
        Flags = (NetlinkFlags)MemoryMarshal.Read<ushort>(octets[6..]);
        Sequence = MemoryMarshal.Read<uint>(octets[8..]);
        Port = MemoryMarshal.Read<uint>(octets[12..]);
        Body = octets[NetlinkWriter.HeaderLength..];
    }

    /// <summary>Subsystem and kind.</summary>
    public ushort Type { get; }

    /// <summary>Its flags.</summary>
    public NetlinkFlags Flags { get; }

    /// <summary>The number of the request it answers.</summary>
    public uint Sequence { get; }

    /// <summary>The socket whose request it answers or tells of.</summary>
    public uint Port { get; }

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>What went wrong, as a number of errno(3); 0 when nothing did, or when this is no answer of that kind.</summary>
    /// <remarks>The end of a list carries one too.</remarks>
    public int ErrorNumber => Type is Error or Done && Body.Length >= 4 ? NumberOf(MemoryMarshal.Read<int>(Body)) : 0;

    private static int NumberOf(int code) => code == int.MinValue ? int.MaxValue : Math.Abs(code);
}

/// <summary>Takes apart what one read from a netlink socket brought. A message that is cut off ends it.</summary>
/// <param name="octets">The octets, of one or more messages.</param>
public ref struct NetlinkMessages(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> rest = octets;
    private ReadOnlySpan<byte> current;

    /// <summary>The message.</summary>
    public readonly NetlinkMessage Current => new(current);

    /// <summary>For <c>foreach</c>.</summary>
    public readonly NetlinkMessages GetEnumerator() => this;

    /// <summary>Goes to the next message.</summary>
    public bool MoveNext()
    {
        if (rest.Length < NetlinkWriter.HeaderLength)
            return false;
        var length = MemoryMarshal.Read<uint>(rest);
        if (length < NetlinkWriter.HeaderLength || length > (uint)rest.Length)
            return false;
        current = rest[..(int)length];
        rest = rest[Math.Min(rest.Length, NetlinkWriter.Padded((int)length))..];
        return true;
    }
}
