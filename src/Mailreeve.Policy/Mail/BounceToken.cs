using System.Globalization;
using System.Security.Cryptography;

namespace Mailreeve.Policy.Mail;

/// <summary>
/// The part of a notice's envelope sender that tells which message a bounce is about: <c>notice+17.8f3a…@provider.example</c>. It is
/// signed, so that nobody can return a notice that was never sent to them.
/// </summary>
public static class BounceToken
{
    private const int MacBytes = 10;

    /// <summary>The token of one message.</summary>
    /// <param name="outbound">The message, <c>outbound.id</c>.</param>
    /// <param name="key">Secret of this installation, 32 bytes.</param>
    public static string Write(long outbound, ReadOnlySpan<byte> key)
    {
        var id = outbound.ToString(CultureInfo.InvariantCulture);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(id), mac);
        return $"{id}.{Convert.ToHexStringLower(mac[..MacBytes])}";
    }

    /// <summary>Reads a token; in constant time once its form is right.</summary>
    /// <returns><see langword="false"/> when it is not one of ours.</returns>
    public static bool TryRead(string token, ReadOnlySpan<byte> key, out long outbound)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (!long.TryParse(token.AsSpan(0, Math.Max(dot, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out outbound))
            return false;
        var expected = Write(outbound, key);
        return CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.UTF8.GetBytes(token.ToLowerInvariant()), System.Text.Encoding.UTF8.GetBytes(expected));
    }
}
