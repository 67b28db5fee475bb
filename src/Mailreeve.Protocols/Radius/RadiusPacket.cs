using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Protocols.Radius;

/// <summary>What a packet is (RFC 2866 §3, RFC 5176 §2.3).</summary>
public enum RadiusCode : byte
{
    /// <summary>Accounting-Request.</summary>
    AccountingRequest = 4,

    /// <summary>Accounting-Response.</summary>
    AccountingResponse = 5,

    /// <summary>Disconnect-Request.</summary>
    DisconnectRequest = 40,

    /// <summary>Disconnect-ACK.</summary>
    DisconnectAck = 41,

    /// <summary>Disconnect-NAK.</summary>
    DisconnectNak = 42,

    /// <summary>CoA-Request.</summary>
    CoaRequest = 43,

    /// <summary>CoA-ACK.</summary>
    CoaAck = 44,

    /// <summary>CoA-NAK.</summary>
    CoaNak = 45,
}

/// <summary>Attributes by their number, as far as they are read or written here.</summary>
public enum RadiusType : byte
{
    /// <summary>User-Name (RFC 2865 §5.1).</summary>
    UserName = 1,

    /// <summary>NAS-IP-Address (RFC 2865 §5.4).</summary>
    NasIpAddress = 4,

    /// <summary>NAS-Port (RFC 2865 §5.5).</summary>
    NasPort = 5,

    /// <summary>Framed-IP-Address (RFC 2865 §5.8).</summary>
    FramedIpAddress = 8,

    /// <summary>Filter-Id (RFC 2865 §5.11).</summary>
    FilterId = 11,

    /// <summary>Framed-Route (RFC 2865 §5.22).</summary>
    FramedRoute = 22,

    /// <summary>Class (RFC 2865 §5.25).</summary>
    Class = 25,

    /// <summary>Calling-Station-Id (RFC 2865 §5.31).</summary>
    CallingStationId = 31,

    /// <summary>NAS-Identifier (RFC 2865 §5.32).</summary>
    NasIdentifier = 32,

    /// <summary>Proxy-State (RFC 2865 §5.33).</summary>
    ProxyState = 33,

    /// <summary>Acct-Status-Type (RFC 2866 §5.1).</summary>
    AcctStatusType = 40,

    /// <summary>Acct-Delay-Time in seconds (RFC 2866 §5.2).</summary>
    AcctDelayTime = 41,

    /// <summary>Acct-Session-Id (RFC 2866 §5.5).</summary>
    AcctSessionId = 44,

    /// <summary>Acct-Session-Time in seconds (RFC 2866 §5.7).</summary>
    AcctSessionTime = 46,

    /// <summary>Acct-Terminate-Cause (RFC 2866 §5.10).</summary>
    AcctTerminateCause = 49,

    /// <summary>Event-Timestamp in seconds of Unix (RFC 2869 §5.3).</summary>
    EventTimestamp = 55,

    /// <summary>Message-Authenticator (RFC 2869 §5.14).</summary>
    MessageAuthenticator = 80,

    /// <summary>NAS-IPv6-Address (RFC 3162 §2.1).</summary>
    NasIpv6Address = 95,

    /// <summary>Framed-IPv6-Prefix (RFC 3162 §2.3).</summary>
    FramedIpv6Prefix = 97,

    /// <summary>Error-Cause (RFC 5176 §3.5).</summary>
    ErrorCause = 101,

    /// <summary>Delegated-IPv6-Prefix (RFC 4818 §3).</summary>
    DelegatedIpv6Prefix = 123,

    /// <summary>Framed-IPv6-Address (RFC 6911 §3.1).</summary>
    FramedIpv6Address = 168,
}

/// <summary>One attribute of a packet.</summary>
/// <param name="Type">Its number.</param>
/// <param name="Value">Its octets, 0–253.</param>
public readonly record struct RadiusAttribute(RadiusType Type, ReadOnlyMemory<byte> Value);

/// <summary>A packet whose form is right (RFC 2865 §3). Who sent it is another question: <see cref="RadiusSecret"/>.</summary>
public sealed class RadiusPacket
{
    /// <summary>Code, identifier, length, authenticator.</summary>
    public const int HeaderLength = 20;

    /// <summary>Octets at most (RFC 2865 §3).</summary>
    public const int LengthMax = 4096;

    private RadiusPacket(ReadOnlyMemory<byte> octets, IReadOnlyList<RadiusAttribute> attributes)
    {
        (Octets, Attributes) = (octets, attributes);
    }

    /// <summary>The packet, without what may follow it in the datagram.</summary>
    public ReadOnlyMemory<byte> Octets { get; }

    /// <summary>What it is; it may be a number that has no name here.</summary>
    public RadiusCode Code => (RadiusCode)Octets.Span[0];

    /// <summary>By which an answer finds its request.</summary>
    public byte Identifier => Octets.Span[1];

    /// <summary>16 octets.</summary>
    public ReadOnlyMemory<byte> Authenticator => Octets.Slice(4, 16);

    /// <summary>The attributes in their order.</summary>
    public IReadOnlyList<RadiusAttribute> Attributes { get; }

    /// <summary>Reads a datagram.</summary>
    /// <param name="datagram">What came; the packet keeps a reference to it.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>
    /// <see langword="false"/> when it is to be dropped in silence: shorter than its length says, a length outside 20–4096, or attributes
    /// that do not fill it. Octets beyond the length are padding (RFC 2865 §3).
    /// </returns>
    public static bool TryRead(ReadOnlyMemory<byte> datagram, [NotNullWhen(true)] out RadiusPacket? packet)
    {
        packet = null;
        if (datagram.Length < HeaderLength)
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram.Span[2..]);
        if (length is < HeaderLength or > LengthMax || length > datagram.Length)
            return false;

        var octets = datagram[..length];
        var attributes = new List<RadiusAttribute>();
        for (var at = HeaderLength; at < length;)
        {
            if (length - at < 2 || octets.Span[at + 1] is var size && (size < 2 || size > length - at))
                return false;
            attributes.Add(new RadiusAttribute((RadiusType)octets.Span[at], octets.Slice(at + 2, size - 2)));
            at += size;
        }

        packet = new RadiusPacket(octets, attributes);
        return true;
    }

    /// <summary>The first attribute of this type, or null.</summary>
    public ReadOnlyMemory<byte>? Find(RadiusType type)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Type == type)
                return attribute.Value;
        }

        return null;
    }

    /// <summary>The first attribute of this type as a number of four octets; null when there is none, or it has another length.</summary>
    public uint? FindNumber(RadiusType type) => Find(type) is { Length: 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value.Span) : null;
}
