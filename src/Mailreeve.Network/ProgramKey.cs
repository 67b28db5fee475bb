using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Network;

/// <summary>Keys by which programs are known, bouncers and the operator's own tools: made here, shown once, and kept as a hash.</summary>
/// <remarks>256 random bits: nobody finds one by trying, not even with the hashes in hand. So one round of SHA-256 keeps them.</remarks>
public static class ProgramKey
{
    private const int Bytes = 32;

    /// <summary>A new one: 64 hexadecimal digits.</summary>
    public static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>How one is kept.</summary>
    public static string HashOf(string key) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whether it looks like one. What does not, nobody need be asked about.</summary>
    public static bool IsOne([NotNullWhen(true)] string? key) => key is { Length: 2 * Bytes };

    /// <summary>Whose key it is; null when nobody's. Looks at all of them, however early one fits, and takes the same time for each.</summary>
    /// <param name="key">The key, as a stranger sent it.</param>
    /// <param name="all">Those who have keys.</param>
    /// <param name="hash">How the key of one of them is kept.</param>
    public static T? OwnerOf<T>(string? key, IReadOnlyList<T> all, Func<T, string> hash)
        where T : class
    {
        if (!IsOne(key))
            return null;
        var asked = Encoding.ASCII.GetBytes(HashOf(key));
        T? owner = null;
        foreach (var one in all)
        {
            if (CryptographicOperations.FixedTimeEquals(asked, Encoding.ASCII.GetBytes(hash(one))))
                owner = one;
        }

        return owner;
    }
}
