using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Keys by which programs of reporters sign their reports in to the API. Only digests are kept: a key of 256 random bits needs no salt.</summary>
public sealed class ReporterKeyStore(DbSession db)
{
    /// <summary>Adds a key.</summary>
    /// <param name="digest">SHA-256 of it.</param>
    /// <param name="domain">Organisational domain of who got it, lower case.</param>
    /// <param name="by">Who gave it.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task AddAsync(byte[] digest, string domain, Actor by, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("reporter_key", 1, stop);
        await db.ExecuteAsync("""
            INSERT INTO reporter_key (id, digest, domain, made_at, made_by)
            VALUES (@id, @digest, @domain, @now, @by)
            """, new { id, digest, domain, now, by }, stop);
    }

    /// <summary>Whose key has this digest; null when nobody's has, or it was revoked.</summary>
    public Task<string?> DomainOfAsync(byte[] digest, CancellationToken stop) =>
        db.SingleOrDefaultAsync<string>("SELECT domain FROM reporter_key WHERE digest = @digest AND revoked_at IS NULL", new { digest }, stop);

    /// <summary>Keys in use, oldest first.</summary>
    public Task<IReadOnlyList<ReporterKey>> ListAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<ReporterKey>("""
            SELECT id, domain, made_at, made_by
            FROM   reporter_key
            WHERE  revoked_at IS NULL
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Ends a key.</summary>
    /// <returns><see langword="false"/> when there is none with this number in use.</returns>
    public async Task<bool> RevokeAsync(long id, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("UPDATE reporter_key SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL", new { id, now }, stop) == 1;
}

/// <summary>A key in use.</summary>
public sealed record ReporterKey
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Who got it.</summary>
    public required string Domain { get; init; }

    /// <summary>When.</summary>
    public required Instant MadeAt { get; init; }

    /// <summary>Who gave it.</summary>
    public required Actor MadeBy { get; init; }
}
