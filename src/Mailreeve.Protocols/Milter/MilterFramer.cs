using System.Buffers;
using System.Buffers.Binary;

namespace Mailreeve.Protocols.Milter;

/// <summary>What <see cref="MilterFramer"/> found.</summary>
public enum MilterFrameStatus
{
    /// <summary>No whole packet yet.</summary>
    NeedMore,

    /// <summary>A packet.</summary>
    Packet,

    /// <summary>A packet of no octets, or of more than one may have. There is no way back into step.</summary>
    BadLength,
}

/// <summary>Cuts what a mail server sends into packets: four octets of length, the command, its data.</summary>
public static class MilterFramer
{
    /// <summary>
    /// Longest packet in octets, its length not counted. A piece of a body has 65,535 at most, unless more is asked for, and a header field
    /// of Postfix 102,400.
    /// </summary>
    public const int PacketBytesMax = 256 << 10;

    /// <summary>Takes the next packet off the buffer.</summary>
    /// <param name="buffer">What has arrived; moved past what was taken. What is left must be offered again, with more behind it.</param>
    /// <param name="command">What is said; any octet may stand there.</param>
    /// <param name="data">What belongs to it.</param>
    public static MilterFrameStatus Next(ref ReadOnlySequence<byte> buffer, out MilterCommand command, out ReadOnlySequence<byte> data)
    {
        (command, data) = (default, default);
        Span<byte> head = stackalloc byte[5];
        var have = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, have).CopyTo(head);
        if (have < 4)
            return MilterFrameStatus.NeedMore;
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length is 0 or > PacketBytesMax)
            return MilterFrameStatus.BadLength;
        if (buffer.Length < 4 + length)
            return MilterFrameStatus.NeedMore;

        command = (MilterCommand)head[4];
        data = buffer.Slice(5, length - 1);
        buffer = buffer.Slice(4 + length);
        return MilterFrameStatus.Packet;
    }
}
