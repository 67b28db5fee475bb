using System.Buffers.Binary;

namespace Mailreeve.Storage.Segments;

/// <summary>
/// How a record lies in a segment: 32 octets of frame, the head, up to 7 zeros, the message. The whole is a multiple of 8.
/// </summary>
/// <param name="HeadBytes">Octets of the head with the zeros behind it.</param>
/// <param name="MessageBytes">Octets of the message.</param>
/// <param name="OnDiskBefore">
/// What had been on disk when the record was written: everything before this offset. A bad record is a torn end of the journal only
/// when no later record says that it had been on disk.
/// </param>
/// <param name="MessageChecksum">CRC-32C of the message.</param>
/// <remarks>
/// Little-endian: magic, checksum, head bytes, message bytes (4 each), on disk before (8), message checksum, zeros (4 each). The
/// checksum is CRC-32C over the segment's salt, the record's offset, the frame with zeros for the checksum, and the head.
/// </remarks>
internal readonly record struct RecordFrame(int HeadBytes, int MessageBytes, long OnDiskBefore, uint MessageChecksum)
{
    /// <summary>Octets before the head.</summary>
    public const int Bytes = 32;

    /// <summary>The longest head. A message to 20,000 mailboxes at once fits; anything above is two records.</summary>
    public const int HeadBytesMax = 1 << 20;

    /// <summary>The longest message: 1 GiB.</summary>
    public const int MessageBytesMax = 1 << 30;

    /// <summary>Each record begins at a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>
    /// Octets of the magic. It is the first half of the segment's salt: what is mailed by someone who does not know it never looks like a
    /// record, and looking for the next good record costs one pass.
    /// </summary>
    public const int MagicBytes = 4;

    private const int ChecksumOffset = MagicBytes;

    /// <summary>Octets of the whole record.</summary>
    public long TotalBytes => (long)Bytes + HeadBytes + MessageBytes;

    /// <summary>Zeros behind a head, so that the record is a multiple of <see cref="Alignment"/>.</summary>
    public static int PaddingFor(int headBytes, int messageBytes) => (int)(-((long)headBytes + messageBytes) & (Alignment - 1));

    /// <summary>Writes the frame in front of its head.</summary>
    /// <param name="front">The frame's octets and, behind them, the head with its padding.</param>
    /// <param name="salt">Of the segment.</param>
    /// <param name="offset">Where the record begins.</param>
    public void Write(Span<byte> front, ulong salt, long offset)
    {
        front[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(front, (uint)salt);
        BinaryPrimitives.WriteInt32LittleEndian(front[8..], HeadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(front[12..], MessageBytes);
        BinaryPrimitives.WriteInt64LittleEndian(front[16..], OnDiskBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(front[24..], MessageChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(front[ChecksumOffset..], ChecksumOf(front[..Bytes], front.Slice(Bytes, HeadBytes), salt, offset));
    }

    /// <summary>Reads a frame as far as it can be judged without the head.</summary>
    /// <param name="octets">What is at <paramref name="offset"/>.</param>
    /// <param name="salt">Of the segment.</param>
    /// <param name="offset">Where the record would begin.</param>
    /// <param name="end">Where the file or the journal in it ends.</param>
    /// <param name="frame">What it says.</param>
    /// <returns><see langword="false"/> when it is none, or reaches beyond the end.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, ulong salt, long offset, long end, out RecordFrame frame)
    {
        frame = default;
        if (octets.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(octets) != (uint)salt)
            return false;
        frame = new RecordFrame(
            BinaryPrimitives.ReadInt32LittleEndian(octets[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(octets[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[24..]));
        return frame.HeadBytes is >= 0 and <= HeadBytesMax
            && frame.MessageBytes is >= 0 and <= MessageBytesMax
            && frame.OnDiskBefore >= SegmentHeader.Bytes && frame.OnDiskBefore <= offset
            && frame.TotalBytes % Alignment == 0
            && frame.TotalBytes <= end - offset
            && BinaryPrimitives.ReadUInt32LittleEndian(octets[28..]) == 0;
    }

    /// <summary>Whether frame and head are what was written at this place.</summary>
    /// <param name="front">The frame's octets and the head with its padding.</param>
    /// <param name="salt">Of the segment.</param>
    /// <param name="offset">Where the record begins.</param>
    public static bool IsIntact(ReadOnlySpan<byte> front, ulong salt, long offset) =>
        ChecksumOf(front[..Bytes], front[Bytes..], salt, offset) == BinaryPrimitives.ReadUInt32LittleEndian(front[ChecksumOffset..]);

    private static uint ChecksumOf(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> head, ulong salt, long offset)
    {
        Span<byte> before = stackalloc byte[16 + Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(before, salt);
        BinaryPrimitives.WriteInt64LittleEndian(before[8..], offset);
        frame.CopyTo(before[16..]);
        before.Slice(16 + ChecksumOffset, 4).Clear();
        return Crc32C.Finish(Crc32C.Add(Crc32C.Add(Crc32C.Begin(), before), head));
    }
}
