using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>A head as octets, and back.</summary>
/// <remarks>
/// Little-endian: saved at, INTERNALDATE (8 each, in 100 ns since 1970), sender (2 for its octets, UTF-8), number of deliveries (4); for
/// each mailbox, folder (8 each), UID (4), modification sequence, flags (8 each), keywords (2, UTF-8).
/// </remarks>
internal static class RecordHeadCode
{
    private const int DeliveryBytesMin = 8 + 8 + 4 + 8 + 8 + 2;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly long TicksMin = Instant.MinValue.ToUnixTimeTicks();
    private static readonly long TicksMax = Instant.MaxValue.ToUnixTimeTicks();

    /// <summary>Writes a head, without padding.</summary>
    /// <exception cref="ArgumentException">A text is longer than 65,535 octets or no UTF-16.</exception>
    public static void Write(IBufferWriter<byte> to, RecordHead head)
    {
        WriteInt64(to, head.SavedAt.ToUnixTimeTicks());
        WriteInt64(to, head.InternalDate.ToUnixTimeTicks());
        WriteText(to, head.EnvelopeFrom);
        WriteUInt32(to, (uint)head.Deliveries.Count);
        for (var i = 0; i < head.Deliveries.Count; i++)
        {
            var delivery = head.Deliveries[i];
            WriteInt64(to, delivery.Mailbox.Value);
            WriteInt64(to, delivery.Folder.Value);
            WriteUInt32(to, delivery.Uid);
            WriteInt64(to, (long)delivery.ModSeq);
            WriteInt64(to, delivery.Flags);
            WriteText(to, delivery.Keywords);
        }
    }

    /// <summary>Reads a head.</summary>
    /// <param name="octets">The head with up to 7 zeros behind it, nothing more.</param>
    /// <param name="head">What it says.</param>
    /// <returns><see langword="false"/> when that is not what the octets are.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out RecordHead? head)
    {
        head = null;
        if (!TryReadInstant(ref octets, out var savedAt)
            || !TryReadInstant(ref octets, out var internalDate)
            || !TryReadText(ref octets, out var envelopeFrom)
            || octets.Length < 4)
            return false;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(octets);
        octets = octets[4..];
        if (count > octets.Length / DeliveryBytesMin)
            return false;

        var deliveries = new Delivery[count];
        for (var i = 0; i < deliveries.Length; i++)
        {
            if (!TryReadDelivery(ref octets, out var delivery))
                return false;
            deliveries[i] = delivery;
        }

        if (octets.Length >= RecordFrame.Alignment || octets.ContainsAnyExcept((byte)0))
            return false;
        head = new RecordHead { SavedAt = savedAt, InternalDate = internalDate, EnvelopeFrom = envelopeFrom, Deliveries = deliveries };
        return true;
    }

    private static bool TryReadDelivery(ref ReadOnlySpan<byte> octets, [NotNullWhen(true)] out Delivery? delivery)
    {
        delivery = null;
        if (octets.Length < DeliveryBytesMin)
            return false;
        var mailbox = new MailboxId(BinaryPrimitives.ReadInt64LittleEndian(octets));
        var folder = new FolderId(BinaryPrimitives.ReadInt64LittleEndian(octets[8..]));
        var uid = BinaryPrimitives.ReadUInt32LittleEndian(octets[16..]);
        var modSeq = BinaryPrimitives.ReadUInt64LittleEndian(octets[20..]);
        var flags = BinaryPrimitives.ReadInt64LittleEndian(octets[28..]);
        octets = octets[36..];
        if (!TryReadText(ref octets, out var keywords))
            return false;
        delivery = new Delivery(mailbox, folder, uid, modSeq, flags, keywords);
        return true;
    }

    private static bool TryReadInstant(ref ReadOnlySpan<byte> octets, out Instant instant)
    {
        instant = default;
        if (octets.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(octets) is var ticks && (ticks < TicksMin || ticks > TicksMax))
            return false;
        instant = Instant.FromUnixTimeTicks(ticks);
        octets = octets[8..];
        return true;
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> octets, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (octets.Length < 2 || BinaryPrimitives.ReadUInt16LittleEndian(octets) is var length && length > octets.Length - 2)
            return false;
        var encoded = octets.Slice(2, length);
        if (!System.Text.Unicode.Utf8.IsValid(encoded))
            return false;
        text = Strict.GetString(encoded);
        octets = octets[(2 + length)..];
        return true;
    }

    private static void WriteText(IBufferWriter<byte> to, string text)
    {
        var length = Strict.GetByteCount(text);
        if (length > ushort.MaxValue)
            throw new ArgumentException($"A text of {length} octets does not fit into the head of a record.", nameof(text));
        var span = to.GetSpan(2 + length);
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)length);
        Strict.GetBytes(text, span[2..]);
        to.Advance(2 + length);
    }

    private static void WriteInt64(IBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    private static void WriteUInt32(IBufferWriter<byte> to, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(4), value);
        to.Advance(4);
    }
}
