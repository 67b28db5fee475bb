using NodaTime;
using OtpNet;

namespace Mailreeve.Accounts.SignIn;

/// <summary>Codes of an authenticator app: six digits, thirty seconds, HMAC-SHA-1, which is what all apps can do (RFC 6238).</summary>
internal static class OneTimeCode
{
    /// <summary>Bytes of a secret (RFC 4226 §4 recommends 160 bits).</summary>
    public const int SecretBytes = 20;

    /// <summary>The time step whose code this is, the one now or a neighbour; null when it is none.</summary>
    public static long? StepOf(byte[] secret, string code, Instant now)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length == 6 && digits.All(char.IsAsciiDigit)
            && new Totp(secret).VerifyTotp(now.ToDateTimeUtc(), digits, out var step, new VerificationWindow(previous: 1, future: 1))
            ? step
            : null;
    }

    /// <summary>What an app reads from a QR code.</summary>
    public static string UriOf(byte[] secret, string provider, string name) =>
        $"otpauth://totp/{Uri.EscapeDataString(provider)}:{Uri.EscapeDataString(name)}"
        + $"?secret={Base32Encoding.ToString(secret).TrimEnd('=')}&issuer={Uri.EscapeDataString(provider)}";
}
