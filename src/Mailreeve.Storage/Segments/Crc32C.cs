using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Mailreeve.Storage.Segments;

/// <summary>CRC-32C (RFC 3720 §12.1), eight octets at a time.</summary>
internal static class Crc32C
{
    private const uint Start = ~0u;

    /// <summary>The checksum of some octets.</summary>
    public static uint Of(ReadOnlySpan<byte> octets) => Finish(Add(Start, octets));

    /// <summary>The checksum of some octets.</summary>
    public static uint Of(in ReadOnlySequence<byte> octets)
    {
        if (octets.IsSingleSegment)
            return Of(octets.FirstSpan);
        var running = Begin();
        foreach (var part in octets)
            running = Add(running, part.Span);
        return Finish(running);
    }

    /// <summary>A checksum of nothing yet, to be continued.</summary>
    public static uint Begin() => Start;

    /// <summary>Continues a checksum.</summary>
    public static uint Add(uint running, ReadOnlySpan<byte> octets)
    {
        while (octets.Length >= sizeof(ulong))
        {
            running = BitOperations.Crc32C(running, BinaryPrimitives.ReadUInt64LittleEndian(octets));
            octets = octets[sizeof(ulong)..];
        }

        foreach (var octet in octets)
            running = BitOperations.Crc32C(running, octet);
        return running;
    }

    /// <summary>Ends a checksum.</summary>
    public static uint Finish(uint running) => ~running;
}
