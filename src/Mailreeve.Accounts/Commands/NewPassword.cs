using System.Security.Cryptography;
using Mailreeve.Policy.Accounts;

namespace Mailreeve.Accounts.Commands;

/// <summary>The password that a command sets: the one it was given, or a new one that is printed once.</summary>
internal static class NewPassword
{
    // Without letters and digits that look alike: it is read out on the telephone.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A new one, in four groups of five: 99 bits.</summary>
    public static string Make() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 5)));

    /// <summary>The password; null when the given one cannot be used, which has then been printed.</summary>
    public static async Task<string?> FromAsync(string? given, TextWriter output)
    {
        if (given is null)
        {
            var made = Make();
            await output.WriteLineAsync($"Password: {made}");
            return made;
        }

        if (PasswordRules.Problem(given) is not { } problem)
            return given;
        await output.WriteLineAsync(problem);
        return null;
    }
}
