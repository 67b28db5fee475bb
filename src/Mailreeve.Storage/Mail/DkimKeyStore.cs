using Mailreeve.Protocols.Dkim;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Private keys that mail is signed with (RFC 6376): for each domain one of each kind, and its successor until that can be seen.</summary>
public sealed class DkimKeyStore(DbSession db)
{
    /// <summary>Those that sign or are going to, oldest first.</summary>
    public Task<IReadOnlyList<DkimKeyRow>> InUseAsync(CancellationToken stop) =>
        db.QueryAsync<DkimKeyRow>("""
            SELECT id, domain, selector, algorithm, private_key, created_at, published_at
            FROM   dkim_key
            WHERE  retired_at IS NULL
            ORDER  BY id
            """, null, stop);

    /// <summary>Those of a domain that sign or are going to, oldest first.</summary>
    public Task<IReadOnlyList<DkimKeyRow>> OfAsync(string domain, CancellationToken stop) =>
        db.QueryAsync<DkimKeyRow>("""
            SELECT id, domain, selector, algorithm, private_key, created_at, published_at
            FROM   dkim_key
            WHERE  domain = @lower AND retired_at IS NULL
            ORDER  BY id
            """, new { lower = domain.ToLowerInvariant() }, stop);

    /// <summary>All that ever signed for one of these domains, retired ones too: old evidence is verified with them.</summary>
    /// <param name="domains">Lower case, as A-labels.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<IReadOnlyList<DkimKeyRow>> EverOfAsync(IReadOnlyCollection<string> domains, CancellationToken stop) =>
        domains.Count == 0
            ? []
            : await db.QueryAsync<DkimKeyRow>($"""
                SELECT id, domain, selector, algorithm, private_key, created_at, published_at, retired_at
                FROM   dkim_key
                WHERE  {db.IsAnyOf("domain", "domains")} AND published_at IS NOT NULL
                """, new { domains = domains.ToArray() }, stop);

    /// <summary>Takes a key in, unless the domain has one under that selector. Every node learns of it.</summary>
    /// <returns><see langword="false"/> when it has: that one stays.</returns>
    public async Task<bool> AddAsync(NewDkimKey key, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("dkim_key", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO dkim_key (id, domain, selector, algorithm, private_key, created_at, published_at)
            VALUES (@id, @domain, @selector, @algorithm, @privateKey, @now, @publishedAt)
            ON CONFLICT (domain, selector) DO NOTHING
            """, new
            {
                id, domain = key.Domain, selector = key.Selector, algorithm = key.Algorithm, privateKey = key.PrivateKey, now, publishedAt = key.PublishedAt,
            }, stop) == 1;
        if (added)
            await db.RecordChangeAsync(ChangeKind.SigningKey, id, stop);
        return added;
    }

    /// <summary>
    /// The record of a key was seen in the DNS: it signs from now on, and older ones of the same domain and kind go out of use. What those
    /// signed can be verified as long as their records stay.
    /// </summary>
    public async Task PublishedAsync(DkimKeyRow key, Instant now, CancellationToken stop)
    {
        await db.ExecuteAsync("""
            UPDATE dkim_key
            SET    published_at = @now
            WHERE  id = @id AND published_at IS NULL
            """, new { id = key.Id, now }, stop);
        await db.ExecuteAsync("""
            UPDATE dkim_key
            SET    retired_at = @now
            WHERE  domain = @domain AND algorithm = @algorithm AND id < @id AND retired_at IS NULL
            """, new { id = key.Id, domain = key.Domain, algorithm = key.Algorithm, now }, stop);
        await db.RecordChangeAsync(ChangeKind.SigningKey, key.Id, stop);
    }
}

/// <summary>A key to take in.</summary>
/// <param name="Domain">Whose, lower case, as A-labels.</param>
/// <param name="Selector">Under which name its public half is shown.</param>
/// <param name="Algorithm">What kind.</param>
/// <param name="PrivateKey">See <see cref="DkimSigningKey.From"/>.</param>
/// <param name="PublishedAt">When its record was first seen; null for a key that does not sign yet.</param>
public sealed record NewDkimKey(string Domain, string Selector, DkimAlgorithm Algorithm, byte[] PrivateKey, Instant? PublishedAt);

/// <summary>A key that signs or is going to.</summary>
public sealed record DkimKeyRow
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Whose.</summary>
    public required string Domain { get; init; }

    /// <summary>Under which name its public half is shown.</summary>
    public required string Selector { get; init; }

    /// <summary>What kind.</summary>
    public required DkimAlgorithm Algorithm { get; init; }

    /// <summary>The key. It never leaves the program.</summary>
    public required byte[] PrivateKey { get; init; }

    /// <summary>When it was made.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>When its record was first seen in the DNS; null for a key that does not sign yet.</summary>
    public Instant? PublishedAt { get; init; }

    /// <summary>When it went out of use; null while it signs, and where that is not asked.</summary>
    public Instant? RetiredAt { get; init; }
}
