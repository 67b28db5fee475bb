using System.Buffers.Binary;

namespace Mailreeve.Protocols.Bgp;

/// <summary>What a message is (RFC 4271 §4.1, RFC 2918 §3).</summary>
public enum BgpMessage : byte
{
    /// <summary>Who one is, and what one can.</summary>
    Open = 1,

    /// <summary>Routes that come and go.</summary>
    Update = 2,

    /// <summary>Why the session ends.</summary>
    Notification = 3,

    /// <summary>That one is there.</summary>
    KeepAlive = 4,

    /// <summary>That all routes are to be told again.</summary>
    RouteRefresh = 5,
}

/// <summary>The 19 octets before every message (RFC 4271 §4.1).</summary>
/// <param name="Message">What follows.</param>
/// <param name="BodyLength">Octets of it.</param>
public readonly record struct BgpHeader(BgpMessage Message, int BodyLength)
{
    /// <summary>Octets of it.</summary>
    public const int Length = 19;

    /// <summary>Octets of a message at most, with its header.</summary>
    public const int MessageLengthMax = 4096;

    private const int MarkerLength = 16;

    /// <summary>Reads it.</summary>
    /// <param name="octets">19 octets.</param>
    /// <param name="header">What they say.</param>
    /// <param name="wrong">What the peer is told when they cannot be right; after that nothing more can be read.</param>
    /// <exception cref="ArgumentException">Fewer than 19 octets.</exception>
    public static bool TryRead(ReadOnlySpan<byte> octets, out BgpHeader header, out BgpNotification wrong)
    {
        if (octets.Length < Length)
            throw new ArgumentException($"A header is {Length} octets.", nameof(octets));
        (header, wrong) = (default, BgpNotification.None);
        if (octets[..MarkerLength].ContainsAnyExcept((byte)0xFF))
        {
            wrong = new BgpNotification(BgpError.Header, 1);
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(octets[MarkerLength..]);
        var message = (BgpMessage)octets[MarkerLength + 2];
        var (least, most) = message switch
        {
            BgpMessage.Open => (29, MessageLengthMax),
            BgpMessage.Update => (23, MessageLengthMax),
            BgpMessage.Notification => (21, MessageLengthMax),
            BgpMessage.KeepAlive => (Length, Length),
            // Longer ones carry filters (RFC 5291), which we do not offer.
            BgpMessage.RouteRefresh => (23, 23),
            _ => (0, -1),
        };
        if (most < 0)
            wrong = new BgpNotification(BgpError.Header, 3, octets.Slice(MarkerLength + 2, 1).ToArray());
        else if (length < least || length > most)
            wrong = new BgpNotification(BgpError.Header, 2, octets.Slice(MarkerLength, 2).ToArray());
        header = new BgpHeader(message, Math.Max(0, length - Length));
        return wrong == BgpNotification.None;
    }

    /// <summary>Writes a message.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would be longer than 4096 octets.</exception>
    public static byte[] Write(BgpMessage message, ReadOnlySpan<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MessageLengthMax - Length);
        var octets = new byte[Length + body.Length];
        octets.AsSpan(0, MarkerLength).Fill(0xFF);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(MarkerLength), (ushort)octets.Length);
        octets[MarkerLength + 2] = (byte)message;
        body.CopyTo(octets.AsSpan(Length));
        return octets;
    }
}
