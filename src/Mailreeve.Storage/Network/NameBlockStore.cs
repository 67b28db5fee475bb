using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>name_block</c>: in force from the commit that writes them.</summary>
public sealed class NameBlockStore(DbSession db)
{
    /// <summary>Blocks a name.</summary>
    /// <returns><see langword="false"/> when it is blocked already.</returns>
    public async Task<bool> PlaceAsync(NewNameBlock block, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("name_block", 1, stop);
        var placed = await db.ExecuteAsync("""
            INSERT INTO name_block (id, name, clause, policy_revision, reason, placed_by, starts_at, expires_at, state)
            VALUES (@id, @name, @clause, @revision, @reason, @by, @from, @until, 'in-force')
            ON CONFLICT DO NOTHING
            """,
            new
            {
                id,
                name = block.Name,
                clause = block.Clause,
                revision = block.PolicyRevision,
                reason = block.Reason,
                by = block.PlacedBy,
                from = block.StartsAt,
                until = block.ExpiresAt,
            }, stop) == 1;
        if (placed)
            await db.RecordChangeAsync(ChangeKind.NameBlock, id, stop);
        return placed;
    }

    /// <summary>Lifts the block of a name.</summary>
    /// <returns><see langword="false"/> when it is not blocked.</returns>
    public async Task<bool> LiftAsync(string name, Actor by, string reason, Instant now, CancellationToken stop) =>
        await EndAsync("""
            UPDATE name_block
            SET    state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason
            WHERE  name = @name AND state = 'in-force'
            RETURNING id
            """, new { name, by, reason, now }, stop) > 0;

    /// <summary>Lifts all of them.</summary>
    /// <returns>How many.</returns>
    public Task<int> LiftAllAsync(Actor by, string reason, Instant now, CancellationToken stop) =>
        EndAsync("""
            UPDATE name_block
            SET    state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason
            WHERE  state = 'in-force'
            RETURNING id
            """, new { by, reason, now }, stop);

    /// <summary>Ends those whose time is over.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireAsync(Instant now, CancellationToken stop) =>
        EndAsync("""
            UPDATE name_block
            SET    state = 'expired', ended_at = @now, ended_by = 'policy', end_reason = 'Its time was over.'
            WHERE  state = 'in-force' AND expires_at <= @now
            RETURNING id
            """, new { now }, stop);

    /// <summary>Whether there is one whose time is over, but which nobody has ended.</summary>
    public async Task<bool> AnyDueAsync(Instant now, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM name_block WHERE state = 'in-force' AND expires_at <= @now LIMIT 1) AS due
            """, new { now }, stop) > 0;

    /// <summary>Those in force, by name.</summary>
    public Task<IReadOnlyList<NameBlockRow>> InForceAsync(CancellationToken stop) =>
        db.QueryAsync<NameBlockRow>("""
            SELECT *
            FROM   name_block
            WHERE  state = 'in-force'
            ORDER  BY name
            """, null, stop);

    private async Task<int> EndAsync(string sql, object parameters, CancellationToken stop)
    {
        var ids = await db.QueryAsync<long>(sql, parameters, stop);
        await db.RecordChangesAsync(ChangeKind.NameBlock, ids, stop);
        return ids.Count;
    }
}

/// <summary>A name to block, with everything below it.</summary>
public sealed record NewNameBlock : BlockDecision
{
    /// <summary>The name, as <see cref="Policy.Blocks.BlockedName"/> reads it.</summary>
    public required string Name { get; init; }
}

/// <summary>A row of <c>name_block</c>.</summary>
public sealed record NameBlockRow : BlockDecision
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required BlockState State { get; init; }

    /// <summary>When it ended.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>Who ended it.</summary>
    public Actor? EndedBy { get; init; }

    /// <summary>Why it ended.</summary>
    public string? EndReason { get; init; }
}
