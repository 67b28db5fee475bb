using System.Buffers.Binary;
using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Radius;

/// <summary>Writes one packet: attributes in their order, then <see cref="ToRequest"/> or <see cref="ToAnswer"/>.</summary>
/// <param name="code">What it is.</param>
/// <param name="identifier">By which an answer finds its request.</param>
public sealed class RadiusWriter(RadiusCode code, byte identifier)
{
    private readonly byte[] packet = new byte[RadiusPacket.LengthMax];
    private int length = RadiusPacket.HeaderLength;
    private int messageAuthenticatorAt = -1;

    /// <summary>Adds an attribute.</summary>
    /// <param name="type">Its number.</param>
    /// <param name="value">0–253 octets.</param>
    /// <exception cref="ArgumentException">The value is longer, or the packet is full.</exception>
    public RadiusWriter Add(RadiusType type, ReadOnlySpan<byte> value)
    {
        if (value.Length > 253)
            throw new ArgumentException($"An attribute has 253 octets at most, not {value.Length}.", nameof(value));
        if (length + value.Length + 2 > packet.Length)
            throw new ArgumentException("The packet is full.", nameof(value));
        packet[length] = (byte)type;
        packet[length + 1] = (byte)(value.Length + 2);
        value.CopyTo(packet.AsSpan(length + 2));
        length += value.Length + 2;
        return this;
    }

    /// <summary>Adds an attribute of text.</summary>
    public RadiusWriter Add(RadiusType type, string text) => Add(type, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds an attribute of four octets.</summary>
    public RadiusWriter Add(RadiusType type, uint number)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, number);
        return Add(type, octets);
    }

    /// <summary>Adds an address: 4 octets for IPv4, 16 otherwise.</summary>
    public RadiusWriter Add(RadiusType type, Address address) => Add(type, address.ToIPAddress().GetAddressBytes());

    /// <summary>Adds an IPv6 prefix: a zero, its length, and as many octets as it has bits (RFC 3162 §2.3).</summary>
    public RadiusWriter Add(RadiusType type, Prefix prefix) =>
        Add(type, [0, (byte)prefix.Length, .. prefix.First.ToBytes().AsSpan(0, (prefix.Length + 7) / 8)]);

    /// <summary>Adds a Message-Authenticator, which is filled in at the end.</summary>
    public RadiusWriter AddMessageAuthenticator()
    {
        messageAuthenticatorAt = length + 2;
        return Add(RadiusType.MessageAuthenticator, stackalloc byte[16]);
    }

    /// <summary>The packet, as a request (RFC 2866 §3, RFC 5176 §2.3).</summary>
    public byte[] ToRequest(RadiusSecret secret) => Seal(secret, default);

    /// <summary>The packet, as the answer to a request.</summary>
    public byte[] ToAnswer(RadiusSecret secret, ReadOnlySpan<byte> requestAuthenticator) => Seal(secret, requestAuthenticator);

    private byte[] Seal(RadiusSecret secret, ReadOnlySpan<byte> requestAuthenticator)
    {
        packet[0] = (byte)code;
        packet[1] = identifier;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        var whole = packet.AsSpan(0, length);
        secret.Seal(whole, messageAuthenticatorAt, requestAuthenticator);
        return whole.ToArray();
    }
}
