using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Policy.Mail;

/// <summary>The envelope sender of a message of ours: when it bounces, the address says which one it was, and that it was ours.</summary>
/// <remarks>
/// <c>notice+17-8f3a…@provider.example</c>: the number in <c>outbound</c> and a keyed digest of it. Without the digest anyone
/// could make a notice look undeliverable, and so keep a customer from being told. Hexadecimal, because some servers lower the case
/// of a local part.
/// </remarks>
public static class BounceAddress
{
    private const int DigestBytes = 10;

    /// <summary>The envelope sender for a message.</summary>
    /// <param name="outbound">Its number in <c>outbound</c>.</param>
    /// <param name="key">The server's secret.</param>
    /// <param name="domain">One of our domains.</param>
    public static string For(long outbound, ReadOnlySpan<byte> key, string domain) =>
        string.Create(CultureInfo.InvariantCulture, $"notice+{outbound}-{Digest(outbound, key)}@{domain}");

    /// <summary>Reads what <see cref="MailRoute.NoticeBounce"/> found behind <c>notice+</c>.</summary>
    /// <returns><see langword="false"/> when we never wrote that.</returns>
    public static bool TryRead(string token, ReadOnlySpan<byte> key, out long outbound)
    {
        var dash = token.IndexOf('-', StringComparison.Ordinal);
        if (!long.TryParse(token.AsSpan(0, Math.Max(0, dash)), NumberStyles.None, CultureInfo.InvariantCulture, out outbound))
            return false;
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(token[(dash + 1)..].ToLowerInvariant()), Encoding.UTF8.GetBytes(Digest(outbound, key)));
    }

    private static string Digest(long outbound, ReadOnlySpan<byte> key)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bounce {outbound}"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, text).AsSpan(0, DigestBytes));
    }
}
