using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>api_key</c>: the operator's own tools and sensors, which use the API.</summary>
public sealed class ApiKeyStore(DbSession db)
{
    /// <summary>Adds one.</summary>
    /// <returns><see langword="false"/> when the name is in use.</returns>
    public async Task<bool> AddAsync(string name, ApiKeyPurpose purpose, string keyHash, Actor by, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("api_key", 1, stop);
        return await db.ExecuteAsync("""
            INSERT INTO api_key (id, name, purpose, key_hash, created_at, created_by)
            VALUES (@id, @name, @purpose, @keyHash, @now, @by)
            ON CONFLICT DO NOTHING
            """, new { id, name, purpose, keyHash, now, by }, stop) == 1;
    }

    /// <summary>Takes a key away. The row remains: it is on record who asked.</summary>
    /// <returns><see langword="false"/> when there is none of this name.</returns>
    public async Task<bool> RemoveAsync(string name, Actor by, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE api_key
            SET    removed_at = @now, removed_by = @by
            WHERE  name = @name AND removed_at IS NULL
            """, new { name, by, now }, stop) == 1;

    /// <summary>All that are in use, by name. They are a handful.</summary>
    public Task<IReadOnlyList<ApiKeyRow>> InUseAsync(CancellationToken stop) =>
        db.QueryAsync<ApiKeyRow>("""
            SELECT id, name, purpose, key_hash, created_at, created_by
            FROM   api_key
            WHERE  removed_at IS NULL
            ORDER  BY name
            """, null, stop);
}

/// <summary>What a key of the API is for. Each may do one thing: what lies on a machine that is attacked must not be worth stealing.</summary>
public enum ApiKeyPurpose
{
    /// <summary>To ask who had an address.</summary>
    Who,

    /// <summary>To say what a sensor saw.</summary>
    Detections,
}

/// <summary>A row of <c>api_key</c>.</summary>
public sealed record ApiKeyRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The tool's name, unique among those in use.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required ApiKeyPurpose Purpose { get; init; }

    /// <summary>SHA-256 of its key, in Base64.</summary>
    public required string KeyHash { get; init; }

    /// <summary>When it was added.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>By whom.</summary>
    public required Actor CreatedBy { get; init; }
}
