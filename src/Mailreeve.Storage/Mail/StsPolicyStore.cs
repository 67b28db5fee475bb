using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>The MTA-STS policies of the domains that we send to (RFC 8461 §5.1).</summary>
public sealed class StsPolicyStore(DbSession db)
{
    /// <summary>The policy of a domain, unless its time is over.</summary>
    /// <param name="domain">In lower case.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the wait.</param>
    public Task<StoredStsPolicy?> FindAsync(string domain, Instant now, CancellationToken stop) =>
        db.SingleOrDefaultAsync<StoredStsPolicy>("""
            SELECT domain, policy_id, mode, max_age, hosts, fetched_at, expires_at
            FROM   sts_policy
            WHERE  domain = @domain AND expires_at > @now
            """, new { domain, now }, stop);

    /// <summary>Keeps a policy in place of the one before, and lets go of some whose time is over.</summary>
    public async Task PutAsync(StoredStsPolicy policy, CancellationToken stop)
    {
        await db.ExecuteAsync("""
            INSERT INTO sts_policy (domain, policy_id, mode, max_age, hosts, fetched_at, expires_at)
            VALUES (@Domain, @PolicyId, @Mode, @MaxAge, @Hosts, @FetchedAt, @ExpiresAt)
            ON CONFLICT (domain) DO UPDATE
            SET    policy_id = @PolicyId, mode = @Mode, max_age = @MaxAge, hosts = @Hosts, fetched_at = @FetchedAt, expires_at = @ExpiresAt
            """, policy, stop);
        await db.ExecuteAsync("""
            DELETE FROM sts_policy
            WHERE  domain IN (SELECT domain FROM sts_policy WHERE expires_at <= @now LIMIT 100)
            """, new { now = policy.FetchedAt }, stop);
    }
}

/// <summary>A policy as it is kept.</summary>
public sealed record StoredStsPolicy
{
    /// <summary>Whose it is, in lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>The id that its TXT record had.</summary>
    public required string PolicyId { get; init; }

    /// <summary>How serious it is.</summary>
    public required Protocols.TlsPolicy.StsMode Mode { get; init; }

    /// <summary>How long it may be kept, in seconds.</summary>
    public required long MaxAge { get; init; }

    /// <summary>Patterns of mail hosts, divided by LF.</summary>
    public required string Hosts { get; init; }

    /// <summary>When it was fetched.</summary>
    public required Instant FetchedAt { get; init; }

    /// <summary>Until when it holds.</summary>
    public required Instant ExpiresAt { get; init; }
}
