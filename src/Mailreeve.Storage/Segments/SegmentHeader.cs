using System.Buffers.Binary;
using System.Security.Cryptography;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>The first 64 octets of a segment.</summary>
/// <param name="Id">Which segment it is, so that a file under a wrong name is noticed.</param>
/// <param name="BegunAt">When it was begun, by the server's own clock.</param>
/// <param name="Salt">
/// A number by chance that goes into the magic and the checksum of each record; its lower half is never 0. A message that carries what looks like a record (someone mailed a
/// segment, or tries to deceive) is not taken for one, whatever else of the file is damaged.
/// </param>
/// <param name="Previous">The segment before it, and where that ended. Octets behind that point were never acknowledged.</param>
/// <remarks>Little-endian: magic (8), version (4), checksum (4), id, begun at in 100 ns since 1970, salt, previous id, its end (8 each), 8 zeros.</remarks>
internal sealed record SegmentHeader(SegmentId Id, Instant BegunAt, ulong Salt, SegmentPosition Previous)
{
    /// <summary>Its size, and the offset of the first record.</summary>
    public const int Bytes = 64;

    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "MRSEGMNT"u8;

    /// <summary>The header of a new segment.</summary>
    public static SegmentHeader New(SegmentId id, Instant now, SegmentPosition previous)
    {
        Span<byte> chance = stackalloc byte[8];
        do
            RandomNumberGenerator.Fill(chance);
        while (BinaryPrimitives.ReadUInt32LittleEndian(chance) == 0);
        return new SegmentHeader(id, now, BinaryPrimitives.ReadUInt64LittleEndian(chance), previous);
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> header)
    {
        header[..Bytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Id.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], BegunAt.ToUnixTimeTicks());
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], Previous.Segment.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], Previous.Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Of(header[..Bytes]));
    }

    /// <summary>Reads it.</summary>
    /// <param name="octets">The beginning of the file.</param>
    /// <param name="id">What the name of the file says.</param>
    /// <param name="problem">Why it is no header of that segment.</param>
    /// <returns><see langword="null"/> when it is none.</returns>
    public static SegmentHeader? Read(ReadOnlySpan<byte> octets, SegmentId id, out string problem)
    {
        problem = "";
        if (octets.Length < Bytes)
            problem = "The file is too short for its header.";
        else if (!octets.StartsWith(Magic))
            problem = "This is no segment.";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(octets[8..]) is var version and not Version)
            problem = $"The segment has format {version}; this program knows format {Version}.";
        else if (ChecksumOf(octets) != BinaryPrimitives.ReadUInt32LittleEndian(octets[12..]))
            problem = "The checksum of the header is wrong.";
        else if (BinaryPrimitives.ReadInt64LittleEndian(octets[16..]) != id.Value)
            problem = $"The file says that it is {new SegmentId(BinaryPrimitives.ReadInt64LittleEndian(octets[16..]))}.";
        if (problem.Length > 0)
            return null;
        return new SegmentHeader(
            id,
            Instant.FromUnixTimeTicks(BinaryPrimitives.ReadInt64LittleEndian(octets[24..])),
            BinaryPrimitives.ReadUInt64LittleEndian(octets[32..]),
            new SegmentPosition(
                new SegmentId(BinaryPrimitives.ReadInt64LittleEndian(octets[40..])), BinaryPrimitives.ReadInt64LittleEndian(octets[48..])));
    }

    // Over the header with zeros where the checksum is.
    private static uint ChecksumOf(ReadOnlySpan<byte> octets)
    {
        Span<byte> copy = stackalloc byte[Bytes];
        octets[..Bytes].CopyTo(copy);
        copy.Slice(12, 4).Clear();
        return Crc32C.Of(copy);
    }
}
