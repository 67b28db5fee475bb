using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Protocols.Sasl;

/// <summary>Name and password as the mechanism PLAIN sends them (RFC 4616 §2).</summary>
/// <param name="User">The name; not empty.</param>
/// <param name="Password">The password; not empty.</param>
public sealed record SaslPlain(string User, string Password)
{
    /// <summary>Longest name, and longest password, in octets (RFC 4616 §2).</summary>
    public const int PartBytesMax = 255;

    // Authorization identity, name and password, and two NULs.
    private const int BytesMax = (3 * PartBytesMax) + 2;

    // message = [authzid] UTF8NUL authcid UTF8NUL passwd
    /// <summary>Reads the client's only message.</summary>
    /// <param name="base64">What was sent; <c>=</c> stands for nothing (RFC 4954 §4).</param>
    /// <param name="plain">Name and password, when the result is <see langword="true"/>.</param>
    /// <returns>
    /// <see langword="false"/> when it is malformed or too long, or asks to act for someone else: whoever signs in is who they are.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> base64, [NotNullWhen(true)] out SaslPlain? plain)
    {
        Span<byte> room = stackalloc byte[BytesMax];
        var length = SaslText.Decode(base64, room);
        plain = null;
        var read = length >= 0 && TryRead(room[..length], out plain);
        SaslText.Forget(room);
        return read;
    }

    /// <summary>Reads the client's only message when it is decoded already.</summary>
    /// <param name="message">The octets.</param>
    /// <param name="plain">Name and password, when the result is <see langword="true"/>.</param>
    /// <returns>As for <see cref="TryParse"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out SaslPlain? plain)
    {
        plain = message.Length > BytesMax ? null : Split(message);
        return plain is not null;
    }

    /// <summary>Says nothing of the password.</summary>
    public override string ToString() => $"{nameof(SaslPlain)} of {User}";

    private static SaslPlain? Split(ReadOnlySpan<byte> message)
    {
        var first = message.IndexOf((byte)0);
        if (first < 0)
            return null;
        var second = message[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
            return null;

        var actFor = message[..first];
        var user = message.Slice(first + 1, second);
        var password = message[(first + second + 2)..];
        return (actFor.IsEmpty || actFor.SequenceEqual(user))
            && SaslText.TryRead(user, out var name) && SaslText.TryRead(password, out var secret)
            ? new SaslPlain(name, secret)
            : null;
    }
}
