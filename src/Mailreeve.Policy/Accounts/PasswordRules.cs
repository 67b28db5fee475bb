namespace Mailreeve.Policy.Accounts;

/// <summary>What a password must be like. Length is what counts; nothing is said about which characters.</summary>
public static class PasswordRules
{
    /// <summary>Fewest characters.</summary>
    public const int LengthMin = 12;

    /// <summary>Most characters; longer ones are refused before any work is done on them.</summary>
    public const int LengthMax = 200;

    /// <summary>What is wrong with a new password, as a sentence; null when it may be used.</summary>
    public static string? Problem(string password) =>
        password.Length < LengthMin ? $"Use at least {LengthMin} characters; some words in a row will do."
        : password.Length > LengthMax ? $"Use {LengthMax} characters at most."
        : password.Distinct().Count() < 5 ? "Use at least five different characters."
        : null;
}
