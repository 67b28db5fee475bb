using System.Security.Cryptography;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Secrets that traces are made with. One is in use; the others stay, so that old traces can be checked.</summary>
public sealed class TraceKeyStore(DbSession db)
{
    private const int SecretBytes = 32;

    /// <summary>All of them, oldest first.</summary>
    public Task<IReadOnlyList<TraceKeyRow>> AllAsync(CancellationToken stop) =>
        db.QueryAsync<TraceKeyRow>("""
            SELECT id, secret, created_at, retired_at
            FROM   trace_key
            ORDER  BY id
            """, null, stop);

    /// <summary>Retires the secret in use, if there is one, and makes another. Every node learns of it.</summary>
    /// <returns>The new one's id.</returns>
    public async Task<long> RotateAsync(Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("trace_key", 1, stop);
        await db.ExecuteAsync("""
            UPDATE trace_key
            SET    retired_at = @now
            WHERE  retired_at IS NULL
            """, new { now }, stop);
        await db.ExecuteAsync("""
            INSERT INTO trace_key (id, secret, created_at)
            VALUES (@id, @secret, @now)
            """, new { id, secret = RandomNumberGenerator.GetBytes(SecretBytes), now }, stop);
        await db.RecordChangeAsync(ChangeKind.SigningKey, id, stop);
        return id;
    }
}

/// <summary>A secret that traces are made with.</summary>
public sealed record TraceKeyRow
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>The secret. It never leaves the program.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>When it was made.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>When it went out of use; null for the one in use.</summary>
    public Instant? RetiredAt { get; init; }
}
