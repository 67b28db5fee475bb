using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Accounts.SignIn;

/// <summary>Hashes of passwords: PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), as <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
/// <param name="iterations">Rounds. 600,000 is OWASP's figure for this function; tests take fewer.</param>
/// <remarks>No more are computed at a time than there are processors: a flood of attempts waits in line and leaves mail its share.</remarks>
public sealed class PasswordHashing(int iterations = PasswordHashing.IterationsDefault) : IDisposable
{
    /// <summary>Rounds unless told otherwise.</summary>
    public const int IterationsDefault = 600_000;

    private const string Algorithm = "pbkdf2-sha256";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    // More rounds than this in a stored hash are a mistake, and would stop everyone else's sign-in.
    private const int IterationsMax = 10_000_000;

    private readonly SemaphoreSlim slots = new(Math.Max(1, Environment.ProcessorCount - 1));
    private readonly string nobodys = Encode(iterations, new byte[SaltBytes], new byte[HashBytes]);

    /// <summary>The hash of a new password, with a salt of its own.</summary>
    public async Task<string> HashAsync(string password, CancellationToken stop)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Encode(iterations, salt, await DeriveAsync(password, salt, iterations, stop));
    }

    /// <summary>Whether the password is the one of the hash. Takes the same time when there is no hash.</summary>
    /// <param name="password">What was typed.</param>
    /// <param name="hash">The stored hash; null for an account that does not exist or has no password.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<PasswordCheck> CheckAsync(string password, string? hash, CancellationToken stop)
    {
        var isReal = TryDecode(hash, out var rounds, out var salt, out var expected);
        if (!isReal)
            _ = TryDecode(nobodys, out rounds, out salt, out expected);
        var actual = await DeriveAsync(password, salt, rounds, stop);
        var same = CryptographicOperations.FixedTimeEquals(actual, expected);
        if (!isReal || !same)
            return PasswordCheck.Wrong;
        return rounds == iterations ? PasswordCheck.Right : PasswordCheck.RightButOld;
    }

    /// <inheritdoc/>
    public void Dispose() => slots.Dispose();

    private async Task<byte[]> DeriveAsync(string password, byte[] salt, int rounds, CancellationToken stop)
    {
        await slots.WaitAsync(stop);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, HashBytes);
        }
        finally
        {
            slots.Release();
        }
    }

    private static string Encode(int rounds, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Algorithm}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");

    private static bool TryDecode(string? text, out int rounds, out byte[] salt, out byte[] hash)
    {
        (rounds, salt, hash) = (0, [], []);
        if (text?.Split('$') is not [Algorithm, var count, var saltText, var hashText]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out rounds)
            || rounds is < 1 or > IterationsMax)
            return false;

        var saltBytes = new byte[SaltBytes];
        var hashBytes = new byte[HashBytes];
        if (!Convert.TryFromBase64String(saltText, saltBytes, out var saltLength) || saltLength != SaltBytes
            || !Convert.TryFromBase64String(hashText, hashBytes, out var hashLength) || hashLength != HashBytes)
            return false;

        (salt, hash) = (saltBytes, hashBytes);
        return true;
    }
}

/// <summary>What came of a password.</summary>
public enum PasswordCheck
{
    /// <summary>It is not the one.</summary>
    Wrong,

    /// <summary>It is.</summary>
    Right,

    /// <summary>It is, and its hash was made with other parameters than are used now: make a new one while the password is known.</summary>
    RightButOld,
}
