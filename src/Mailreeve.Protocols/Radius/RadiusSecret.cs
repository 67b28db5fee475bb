using System.Security.Cryptography;

namespace Mailreeve.Protocols.Radius;

/// <summary>Whether a Message-Authenticator was there, and right.</summary>
public enum MessageAuthenticity
{
    /// <summary>The packet has none.</summary>
    Absent,

    /// <summary>It is right.</summary>
    Genuine,

    /// <summary>It is wrong, or there are several.</summary>
    Forged,
}

/// <summary>
/// What two RADIUS hosts share, and what is proved with it. Every comparison takes the same time, whatever it finds. MD5 is what the
/// protocol says; the Message-Authenticator is what holds.
/// </summary>
/// <param name="octets">The secret. It is never printed.</param>
public sealed class RadiusSecret(ReadOnlyMemory<byte> octets)
{
    private const int AuthenticatorAt = 4;
    private const int AuthenticatorLength = 16;

    /// <summary>
    /// Whether a request was made by someone who has the secret. For Accounting, Disconnect and CoA: their authenticator is
    /// MD5(code, identifier, length, sixteen zeros, attributes, secret) (RFC 2866 §3, RFC 5176 §2.3).
    /// </summary>
    public bool IsGenuineRequest(RadiusPacket packet)
    {
        Span<byte> expected = stackalloc byte[AuthenticatorLength];
        Digest(packet.Octets.Span, default, expected);
        return CryptographicOperations.FixedTimeEquals(expected, packet.Authenticator.Span);
    }

    /// <summary>Whether an answer was made by someone who has the secret, and to this request (RFC 2866 §3).</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="requestAuthenticator">The authenticator of the request, 16 octets.</param>
    public bool IsGenuineAnswer(RadiusPacket answer, ReadOnlySpan<byte> requestAuthenticator)
    {
        Span<byte> expected = stackalloc byte[AuthenticatorLength];
        Digest(answer.Octets.Span, requestAuthenticator, expected);
        return CryptographicOperations.FixedTimeEquals(expected, answer.Authenticator.Span);
    }

    /// <summary>Looks at the Message-Authenticator: HMAC-MD5 over the packet with that attribute zeroed (RFC 2869 §5.14).</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="requestAuthenticator">What stands in the place of the authenticator: of the request for an answer; empty for a request, where it is zeros.</param>
    public MessageAuthenticity Check(RadiusPacket packet, ReadOnlySpan<byte> requestAuthenticator)
    {
        var place = -1;
        var at = RadiusPacket.HeaderLength;
        foreach (var attribute in packet.Attributes)
        {
            if (attribute.Type == RadiusType.MessageAuthenticator)
            {
                if (place >= 0 || attribute.Value.Length != AuthenticatorLength)
                    return MessageAuthenticity.Forged;
                place = at + 2;
            }

            at += attribute.Value.Length + 2;
        }

        if (place < 0)
            return MessageAuthenticity.Absent;
        var copy = packet.Octets.ToArray();
        Span<byte> expected = stackalloc byte[AuthenticatorLength];
        Sign(copy, place, requestAuthenticator, expected);
        return CryptographicOperations.FixedTimeEquals(expected, packet.Octets.Span.Slice(place, AuthenticatorLength))
            ? MessageAuthenticity.Genuine
            : MessageAuthenticity.Forged;
    }

    /// <summary>Fills in the authenticators of a packet that is complete but for them.</summary>
    /// <param name="packet">The packet; its length stands in it.</param>
    /// <param name="messageAuthenticatorAt">Where the 16 octets of the Message-Authenticator are; below zero for none.</param>
    /// <param name="requestAuthenticator">Of the request that it answers; empty for a request.</param>
    internal void Seal(Span<byte> packet, int messageAuthenticatorAt, ReadOnlySpan<byte> requestAuthenticator)
    {
        if (messageAuthenticatorAt >= 0)
        {
            // First this one, over zeros or the request's; then the other one over all of it.
            Span<byte> signature = stackalloc byte[AuthenticatorLength];
            Sign(packet, messageAuthenticatorAt, requestAuthenticator, signature);
            signature.CopyTo(packet[messageAuthenticatorAt..]);
        }

        Span<byte> digest = stackalloc byte[AuthenticatorLength];
        Digest(packet, requestAuthenticator, digest);
        digest.CopyTo(packet[AuthenticatorAt..]);
    }

    private void Sign(Span<byte> packet, int at, ReadOnlySpan<byte> requestAuthenticator, Span<byte> signature)
    {
        var authenticator = packet.Slice(AuthenticatorAt, AuthenticatorLength);
        authenticator.Clear();
        requestAuthenticator.CopyTo(authenticator);
        packet.Slice(at, AuthenticatorLength).Clear();
        HMACMD5.HashData(octets.Span, packet, signature);
    }

    private void Digest(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> requestAuthenticator, Span<byte> digest)
    {
        Span<byte> authenticator = stackalloc byte[AuthenticatorLength];
        authenticator.Clear();
        requestAuthenticator.CopyTo(authenticator);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(packet[..AuthenticatorAt]);
        md5.AppendData(authenticator);
        md5.AppendData(packet[RadiusPacket.HeaderLength..]);
        md5.AppendData(octets.Span);
        md5.GetHashAndReset(digest);
    }
}
