using System.Buffers;

namespace Mailreeve.Protocols.Pop3;

/// <summary>
/// Makes a message into what RETR and TOP send: lines that begin with a dot get another one, and a lone dot ends it (RFC 1939 §3).
/// Works on ranges of the message, in place, wherever it is cut.
/// </summary>
/// <remarks>
/// <para>A dot behind a bare LF is doubled too: there are clients who take that for a line end, and would see the end of the message there.</para>
/// <para>NUL is sent as 0x80: it is not allowed in a message, and clients written in C lose what stands behind it.</para>
/// </remarks>
public struct DotStuffing
{
    private byte secondLast;
    private byte last;

    /// <summary>Begins a message.</summary>
    public DotStuffing() => (secondLast, last) = ((byte)'\r', (byte)'\n');

    /// <summary>How much room a range needs, at most: every other octet may be a dot.</summary>
    /// <param name="length">Its octets.</param>
    public static int RoomFor(int length) => length + (length / 2) + 1;

    /// <summary>Stuffs the next range of the message where it lies.</summary>
    /// <param name="room">The range, with room behind it.</param>
    /// <param name="length">How long the range is; there must be <see cref="RoomFor"/> it.</param>
    /// <returns>How long it is now.</returns>
    public int Stuff(Span<byte> room, int length)
    {
        var range = room[..length];
        if (range.IsEmpty)
            return 0;

        var first = range[0] == '.' && last == '\n';
        secondLast = length > 1 ? range[^2] : last;
        last = range[^1];
        range.Replace((byte)0, (byte)0x80);
        var dots = (first ? 1 : 0) + range.Count("\n."u8);
        return dots == 0 ? length : Spread(room, length, dots);
    }

    /// <summary>Ends the message; its last line gets the CRLF that it lacks.</summary>
    public readonly void End(IBufferWriter<byte> output) => output.Write((secondLast, last) is ((byte)'\r', (byte)'\n') ? ".\r\n"u8 : "\r\n.\r\n"u8);

    // From the back, so that every octet is moved once.
    private static int Spread(Span<byte> room, int length, int dots)
    {
        var end = length;
        for (var left = dots; left > 0; left--)
        {
            var dot = room[..end].LastIndexOf("\n."u8) + 1;
            room[dot..end].CopyTo(room[(dot + left)..]);
            room[dot + left - 1] = (byte)'.';
            end = dot;
        }

        return length + dots;
    }
}
