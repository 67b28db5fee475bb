using System.Security.Cryptography;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;
using OtpNet;

namespace Mailreeve.Accounts.SignIn;

/// <summary>Signs operators in by name, password and a code of their authenticator app, which each must enrol first.</summary>
/// <param name="database">Where operators are.</param>
/// <param name="hashing">Passwords.</param>
/// <param name="throttle">Slows down those who guess.</param>
/// <param name="clock">Codes depend on the time.</param>
/// <param name="provider">The provider's name, shown in the app.</param>
public sealed class OperatorSignIn(Database database, PasswordHashing hashing, AttemptThrottle throttle, IClock clock, string provider)
{
    /// <summary>Checks name, password and code.</summary>
    /// <param name="name">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="code">The code of the app; empty for someone who has none yet.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>The same refusal whether name, password or code is wrong.</returns>
    public async Task<OperatorSignInResult> VerifyAsync(string name, string password, string code, Address client, CancellationToken stop)
    {
        var account = AccountOf(name);
        var wait = throttle.Begin(client, account);
        if (wait > Duration.Zero)
            return new OperatorSignInResult.TooManyAttempts(wait);
        if (await CheckPasswordAsync(name, password, stop) is not { } secrets)
            return new OperatorSignInResult.Refused();

        if (secrets.TotpSecret is not { } secret)
        {
            throttle.Succeeded(client, account);
            var fresh = RandomNumberGenerator.GetBytes(OneTimeCode.SecretBytes);
            return new OperatorSignInResult.MustEnrol(secrets.Operator, Base32Encoding.ToString(fresh), OneTimeCode.UriOf(fresh, provider, name));
        }

        if (OneTimeCode.StepOf(secret, code, clock.GetCurrentInstant()) is not { } step
            || !await database.WriteAsync(db => new OperatorStore(db).UseCodeAsync(secrets.Id, step, stop), stop))
            return new OperatorSignInResult.Refused();

        throttle.Succeeded(client, account);
        return new OperatorSignInResult.Accepted(secrets.Operator);
    }

    /// <summary>
    /// Enrols the app after <see cref="OperatorSignInResult.MustEnrol"/>. The password is asked for once more, so that nothing needs
    /// to be remembered between the two pages.
    /// </summary>
    /// <param name="name">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="secret">The secret that was shown, in Base32.</param>
    /// <param name="code">The code that the app makes of it, which is used up by this.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Accepted, or refused: also when an app is enrolled already.</returns>
    public async Task<OperatorSignInResult> EnrolAsync(
        string name, string password, string secret, string code, Address client, CancellationToken stop)
    {
        var account = AccountOf(name);
        var wait = throttle.Begin(client, account);
        if (wait > Duration.Zero)
            return new OperatorSignInResult.TooManyAttempts(wait);
        if (await CheckPasswordAsync(name, password, stop) is not { } secrets
            || SecretFrom(secret) is not { } bytes
            || OneTimeCode.StepOf(bytes, code, clock.GetCurrentInstant()) is not { } step
            || !await database.WriteAsync(db => new OperatorStore(db).EnrolAsync(secrets.Id, bytes, step, stop), stop))
            return new OperatorSignInResult.Refused();

        throttle.Succeeded(client, account);
        return new OperatorSignInResult.Accepted(secrets.Operator);
    }

    // Names are not limited before they are known; the table of attempts must not hold a megabyte under one key.
    private static string AccountOf(string name) => $"operator {(name.Length > 64 ? name[..64] : name)}";

    private async Task<OperatorSecrets?> CheckPasswordAsync(string name, string password, CancellationToken stop)
    {
        var secrets = await database.ReadAsync(db => new OperatorStore(db).SecretsOfAsync(name, stop), stop);
        var tooLong = password.Length > PasswordRules.LengthMax;
        var check = await hashing.CheckAsync(tooLong ? "" : password, secrets?.PasswordHash, stop);
        if (secrets is null || tooLong || check == PasswordCheck.Wrong)
            return null;
        if (check == PasswordCheck.RightButOld)
        {
            var anew = await hashing.HashAsync(password, stop);
            await database.WriteAsync(db => new OperatorStore(db).RehashAsync(secrets.Id, secrets.PasswordHash, anew, stop), stop);
        }

        return secrets;
    }

    private static byte[]? SecretFrom(string text)
    {
        try
        {
            var bytes = Base32Encoding.ToBytes(text.Trim());
            return bytes.Length == OneTimeCode.SecretBytes ? bytes : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>What came of an operator's signing in.</summary>
public abstract record OperatorSignInResult
{
    private OperatorSignInResult()
    {
    }

    /// <summary>It is the operator.</summary>
    public sealed record Accepted(Operator Operator) : OperatorSignInResult;

    /// <summary>Name and password are right; there is no authenticator app yet. See <see cref="OperatorSignIn.EnrolAsync"/>.</summary>
    /// <param name="Operator">Who, not signed in yet.</param>
    /// <param name="Secret">A fresh secret in Base32, to be typed into the app.</param>
    /// <param name="Uri">The same for a QR code.</param>
    public sealed record MustEnrol(Operator Operator, string Secret, string Uri) : OperatorSignInResult
    {
        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(MustEnrol)} {Operator.Name}";
    }

    /// <summary>Something is wrong. More must not be said.</summary>
    public sealed record Refused : OperatorSignInResult;

    /// <summary>Too many attempts; nothing was checked.</summary>
    /// <param name="Wait">Time before the next one.</param>
    public sealed record TooManyAttempts(Duration Wait) : OperatorSignInResult;
}
