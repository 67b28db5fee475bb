using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Bouncers;

/// <summary>Keys of bouncers: made here, shown once, and kept as a hash.</summary>
/// <remarks>256 random bits: nobody finds one by trying, not even with the hashes in hand. So one round of SHA-256 keeps them.</remarks>
public static class BouncerKey
{
    private const int Bytes = 32;

    /// <summary>A new one: 64 hexadecimal digits.</summary>
    public static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>How one is kept.</summary>
    public static string HashOf(string key) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whether it looks like one. What does not, nobody need be asked about.</summary>
    public static bool IsOne([NotNullWhen(true)] string? key) => key is { Length: 2 * Bytes };

    /// <summary>Whose key it is; null when nobody's. Looks at all of them, however early one fits, and takes the same time for each.</summary>
    public static BouncerRow? OwnerOf(string? key, IReadOnlyList<BouncerRow> bouncers)
    {
        if (!IsOne(key))
            return null;
        var hash = Encoding.ASCII.GetBytes(HashOf(key));
        BouncerRow? owner = null;
        foreach (var bouncer in bouncers)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(bouncer.KeyHash)))
                owner = bouncer;
        }

        return owner;
    }
}
