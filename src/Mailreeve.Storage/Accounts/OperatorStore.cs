using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>The provider's people.</summary>
public sealed class OperatorStore(DbSession db)
{
    private const string SelectOperator = "SELECT id, name, role, disabled_at FROM operator";

    /// <summary>Adds an operator, who enrols a second factor when signing in for the first time.</summary>
    /// <returns>Null when the name is taken.</returns>
    public async Task<Operator?> AddAsync(string name, OperatorRole role, string passwordHash, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("operator", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO operator (id, name, role, password_hash, created_at)
            VALUES (@id, @name, @role, @passwordHash, @now)
            ON CONFLICT (name) DO NOTHING
            """, new { id, name, role, passwordHash, now }, stop);
        return added == 1 ? new Operator { Id = id, Name = name, Role = role } : null;
    }

    /// <summary>All operators by name, disabled ones too.</summary>
    public Task<IReadOnlyList<Operator>> ListAsync(CancellationToken stop) =>
        db.QueryAsync<Operator>($"{SelectOperator} ORDER BY name", null, stop);

    /// <summary>The operator, or null.</summary>
    public Task<Operator?> FindAsync(long id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<Operator>($"{SelectOperator} WHERE id = @id", new { id }, stop);

    /// <summary>The operator of this name, or null.</summary>
    public Task<Operator?> FindByNameAsync(string name, CancellationToken stop) =>
        db.SingleOrDefaultAsync<Operator>($"{SelectOperator} WHERE name = @name", new { name }, stop);

    /// <summary>What an operator signs in with; null when there is no such operator, or one who is disabled.</summary>
    public Task<OperatorSecrets?> SecretsOfAsync(string name, CancellationToken stop) =>
        db.SingleOrDefaultAsync<OperatorSecrets>("""
            SELECT id, name, role, password_hash, totp_secret
            FROM   operator
            WHERE  name = @name AND disabled_at IS NULL
            """, new { name }, stop);

    /// <summary>Enrols a second factor.</summary>
    /// <param name="id">The operator.</param>
    /// <param name="secret">The secret of RFC 6238.</param>
    /// <param name="step">The time step of the code that proved it, which is used up by that.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when there is one already, or the operator is disabled.</returns>
    public async Task<bool> EnrolAsync(long id, byte[] secret, long step, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE operator
            SET    totp_secret = @secret, totp_step = @step
            WHERE  id = @id AND totp_secret IS NULL AND disabled_at IS NULL
            """, new { id, secret, step }, stop) == 1;

    /// <summary>Uses up a code (RFC 6238 §5.2: a code is good for one sign-in).</summary>
    /// <returns><see langword="false"/> when it, or a later one, was used before.</returns>
    public async Task<bool> UseCodeAsync(long id, long step, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE operator
            SET    totp_step = @step
            WHERE  id = @id AND (totp_step IS NULL OR totp_step < @step) AND disabled_at IS NULL
            """, new { id, step }, stop) == 1;

    /// <summary>Takes the second factor away, so that the operator enrols anew: the telephone is lost.</summary>
    /// <returns><see langword="false"/> when there is no such operator.</returns>
    public async Task<bool> ForgetSecondFactorAsync(string name, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE operator
            SET    totp_secret = NULL
            WHERE  name = @name
            """, new { name }, stop) == 1;

    /// <summary>Sets the hash of the operator's password.</summary>
    public Task SetPasswordHashAsync(long id, string hash, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE operator
            SET    password_hash = @hash
            WHERE  id = @id
            """, new { id, hash }, stop);

    /// <summary>Replaces a hash by another one of the same password, unless it was changed in the meantime.</summary>
    public Task RehashAsync(long id, string old, string hash, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE operator
            SET    password_hash = @hash
            WHERE  id = @id AND password_hash = @old
            """, new { id, old, hash }, stop);

    /// <summary>The operator may not sign in any more. The name stays taken, for histories name it.</summary>
    /// <returns><see langword="false"/> when there is no such operator, or one who was disabled before.</returns>
    public async Task<bool> DisableAsync(string name, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE operator
            SET    disabled_at = @now
            WHERE  name = @name AND disabled_at IS NULL
            """, new { name, now }, stop) == 1;
}

/// <summary>What an operator signs in with. Not for logs or pages.</summary>
public sealed record OperatorSecrets
{
    /// <summary>The row.</summary>
    public required long Id { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Role.</summary>
    public required OperatorRole Role { get; init; }

    /// <summary>Hash of the password.</summary>
    public required string PasswordHash { get; init; }

    /// <summary>Secret of RFC 6238; null until one is enrolled.</summary>
    public byte[]? TotpSecret { get; init; }

    /// <summary>The operator without the secrets.</summary>
    public Operator Operator => new() { Id = Id, Name = Name, Role = Role };

    /// <summary>The name only.</summary>
    public override string ToString() => Name;
}
