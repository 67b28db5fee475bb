using System.Buffers.Binary;

namespace Mailreeve.Protocols.Dns;

/// <summary>Tells another server that a zone has changed (RFC 1996).</summary>
public static class DnsNotice
{
    // Opcode 4 with AA; in the answer QR besides.
    private const ushort Flags = 0x2400;
    private const ushort OpcodeAndAnswer = 0xF800;

    /// <summary>The message.</summary>
    /// <param name="zone">The zone, as it goes over the wire.</param>
    /// <param name="number">Which message it is.</param>
    public static byte[] Of(ReadOnlySpan<byte> zone, ushort number)
    {
        var message = new byte[DnsQuery.HeaderLength + zone.Length + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, number);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Flags);
        message[5] = 1;
        zone.CopyTo(message.AsSpan(DnsQuery.HeaderLength));
        message[^3] = (byte)DnsRecordType.Soa;
        message[^1] = 1;
        return message;
    }

    /// <summary>Whether that is the answer to it: that it was heard, whatever is made of it.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> message, ushort number) =>
        message.Length >= DnsQuery.HeaderLength
        && BinaryPrimitives.ReadUInt16BigEndian(message) == number
        && (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & OpcodeAndAnswer) == 0xA000;
}
