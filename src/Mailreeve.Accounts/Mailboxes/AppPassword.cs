using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Passwords for one program on one device, made here and never chosen by a person.</summary>
/// <remarks>
/// Twenty random letters of thirty-one are 99 bits: nobody finds one by trying, not even with the hashes in hand. So one round of
/// SHA-256 keeps them, without salt, where a password that a person chose needs many rounds.
/// </remarks>
public static class AppPassword
{
    // Without letters and digits that look alike: people type it from a screen into a telephone.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 20;
    private const string Algorithm = "sha256$";

    /// <summary>A new one, in four groups of five.</summary>
    public static string Make() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, Length / 4)));

    /// <summary>How one is kept.</summary>
    /// <param name="password">As it was made, or typed: hyphens, blanks and case do not matter.</param>
    /// <returns>Null when it cannot be an app password.</returns>
    public static string? HashOf(string password)
    {
        Span<byte> letters = stackalloc byte[Length];
        var count = 0;
        foreach (var c in password)
        {
            if (c is '-' or ' ')
                continue;
            var lower = char.ToLowerInvariant(c);
            if (count == Length || !Letters.Contains(lower, StringComparison.Ordinal))
                return null;
            letters[count++] = (byte)lower;
        }

        return count == Length ? Algorithm + Convert.ToBase64String(SHA256.HashData(letters)) : null;
    }

    /// <summary>Whether what was typed is one of those that are kept. Looks at all of them, however early one fits.</summary>
    internal static bool IsAnyOf(string password, IReadOnlyList<string> hashes)
    {
        if (HashOf(password) is not { } typed)
            return false;
        var bytes = Encoding.ASCII.GetBytes(typed);
        var found = false;
        foreach (var hash in hashes)
            found |= CryptographicOperations.FixedTimeEquals(bytes, Encoding.ASCII.GetBytes(hash));
        return found;
    }
}
