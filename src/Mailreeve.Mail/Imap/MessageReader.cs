using System.Buffers;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Mail.Imap;

/// <summary>Reads octets of one message after the other into memory that is used again. For one command; nothing is held between commands.</summary>
internal sealed class MessageReader(SegmentStore segments) : IDisposable
{
    private const int RoomBytes = 64 << 10;

    private byte[] room = [];

    /// <summary>Octets of a message; good until the next call.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public ReadOnlySpan<byte> Read(MessageBody body, int from, int length)
    {
        if (room.Length < length)
        {
            Dispose();
            room = ArrayPool<byte>.Shared.Rent(Math.Max(RoomBytes, length));
        }

        var octets = room.AsSpan(0, length);
        segments.Read(body.Place, from, octets);
        return octets;
    }

    public void Dispose()
    {
        if (room.Length > 0)
            ArrayPool<byte>.Shared.Return(room);
        room = [];
    }
}
