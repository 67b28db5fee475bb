using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Protocols.Sasl;

/// <summary>
/// The mechanism LOGIN: name and password, each asked for by a challenge. It never became an RFC, and Outlook knows no other that we
/// could offer.
/// </summary>
public static class SaslLogin
{
    /// <summary>The first challenge, <c>Username:</c> in base64. A client that sent the name along with AUTH is not asked.</summary>
    public static ReadOnlySpan<byte> UserChallenge => "VXNlcm5hbWU6"u8;

    /// <summary>The second challenge, <c>Password:</c> in base64.</summary>
    public static ReadOnlySpan<byte> PasswordChallenge => "UGFzc3dvcmQ6"u8;

    /// <summary>Reads the answer to one of the challenges.</summary>
    /// <param name="base64">What was sent.</param>
    /// <param name="text">The name or the password, when the result is <see langword="true"/>.</param>
    /// <returns><see langword="false"/> when it is malformed, empty or too long.</returns>
    public static bool TryParse(ReadOnlySpan<byte> base64, [NotNullWhen(true)] out string? text)
    {
        Span<byte> room = stackalloc byte[SaslPlain.PartBytesMax + 3];
        var length = SaslText.Decode(base64, room);
        text = null;
        var read = length >= 0 && SaslText.TryRead(room[..length], out text);
        SaslText.Forget(room);
        return read;
    }
}
