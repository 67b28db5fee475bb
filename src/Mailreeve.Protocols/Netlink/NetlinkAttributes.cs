using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mailreeve.Protocols.Netlink;

/// <summary>One attribute of a message.</summary>
/// <param name="Type">Its type, without flags.</param>
/// <param name="IsNested">Whether it says that it is made of attributes; the kernel does not always say so.</param>
/// <param name="Value">What is in it.</param>
public readonly ref struct NetlinkAttribute(ushort Type, bool IsNested, ReadOnlySpan<byte> Value)
{
    /// <summary>Its type, without flags.</summary>
    public ushort Type { get; } = Type;

    /// <summary>Whether it says that it is made of attributes; the kernel does not always say so.</summary>
    public bool IsNested { get; } = IsNested;

    /// <summary>What is in it.</summary>
    public ReadOnlySpan<byte> Value { get; } = Value;

    /// <summary>The text in it, without the zero octet.</summary>
    public ReadOnlySpan<byte> Text => Value.IndexOf((byte)0) is >= 0 and var end ? Value[..end] : Value;

    /// <summary>The number in it, of four octets in network order; 0 when it is none.</summary>
    public uint Number => Value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;

    /// <summary>The attributes in it.</summary>
    public NetlinkAttributes Inner => new(Value);
}

/// <summary>Takes a row of attributes apart. One that is cut off ends it.</summary>
/// <param name="octets">The octets.</param>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> octets)
{
    internal const ushort Nested = 0x8000;
    private const ushort TypeMask = 0x3FFF;
    private const int HeaderLength = 4;

    private ReadOnlySpan<byte> rest = octets;
    private ReadOnlySpan<byte> current;

    /// <summary>The attribute.</summary>
    public readonly NetlinkAttribute Current
    {
        get
        {
            var type = MemoryMarshal.Read<ushort>(current[2..]);
            return new NetlinkAttribute((ushort)(type & TypeMask), (type & Nested) != 0, current[HeaderLength..]);
        }
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly NetlinkAttributes GetEnumerator() => this;

    /// <summary>Goes to the next attribute.</summary>
    public bool MoveNext()
    {
        if (rest.Length < HeaderLength)
            return false;
        var length = MemoryMarshal.Read<ushort>(rest);
        if (length < HeaderLength || length > rest.Length)
            return false;
        current = rest[..length];
        rest = rest[Math.Min(rest.Length, NetlinkWriter.Padded(length))..];
        return true;
    }

    /// <summary>The first attribute of a type.</summary>
    public readonly bool TryFind(ushort type, out NetlinkAttribute found)
    {
        foreach (var attribute in this)
        {
            if (attribute.Type == type)
            {
                found = attribute;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>
    /// Whether all of <paramref name="expected"/> is here with the same values, attributes of attributes likewise. What is here besides does not
    /// matter, except within a list, whose items must be as many: a kernel says more about a thing than was said when it was made.
    /// </summary>
    /// <param name="expected">As <see cref="NetlinkWriter"/> wrote it: what is nested says so.</param>
    public readonly bool Contain(NetlinkAttributes expected)
    {
        // A list has one type of attribute only, so the nth is compared with the nth.
        ushort previous = 0;
        var nth = 0;
        foreach (var wanted in expected)
        {
            nth = wanted.Type == previous ? nth + 1 : 0;
            previous = wanted.Type;
            if (!TryFindNth(wanted.Type, nth, out var found)
                || (wanted.IsNested ? !found.Inner.Contain(wanted.Inner) : !found.Value.SequenceEqual(wanted.Value)))
                return false;
        }

        return previous == 0 || !TryFindNth(previous, nth + 1, out _);
    }

    private readonly bool TryFindNth(ushort type, int nth, out NetlinkAttribute found)
    {
        foreach (var attribute in this)
        {
            if (attribute.Type == type && nth-- == 0)
            {
                found = attribute;
                return true;
            }
        }

        found = default;
        return false;
    }
}
