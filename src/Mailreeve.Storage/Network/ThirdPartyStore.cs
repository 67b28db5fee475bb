using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>third_party_list</c>: how each subscription to a list of others fares.</summary>
public sealed class ThirdPartyStore(DbSession db)
{
    /// <summary>Records how one fares.</summary>
    public Task PutAsync(ThirdPartyRow row, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO third_party_list (name, source, tried_at, taken_at, entries, left_out, tag, changed_at, problem)
            VALUES (@name, @source, @triedAt, @takenAt, @entries, @leftOut, @tag, @changedAt, @problem)
            ON CONFLICT (name) DO UPDATE
            SET source = excluded.source, tried_at = excluded.tried_at, taken_at = excluded.taken_at, entries = excluded.entries,
                left_out = excluded.left_out, tag = excluded.tag, changed_at = excluded.changed_at, problem = excluded.problem
            """,
            new
            {
                name = row.Name,
                source = row.Source,
                triedAt = row.TriedAt,
                takenAt = row.TakenAt,
                entries = row.Entries,
                leftOut = row.LeftOut,
                tag = row.Tag,
                changedAt = row.ChangedAt,
                problem = row.Problem,
            }, stop);

    /// <summary>Forgets one; its blocks are the caller's to lift.</summary>
    public Task ForgetAsync(string name, CancellationToken stop) =>
        db.ExecuteAsync("DELETE FROM third_party_list WHERE name = @name", new { name }, stop);

    /// <summary>How all of them fare, by name.</summary>
    public Task<IReadOnlyList<ThirdPartyRow>> AllAsync(CancellationToken stop) =>
        db.QueryAsync<ThirdPartyRow>("SELECT * FROM third_party_list ORDER BY name", null, stop);
}

/// <summary>A row of <c>third_party_list</c>.</summary>
public sealed record ThirdPartyRow
{
    /// <summary>The list's name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>When it was last fetched, or tried to be.</summary>
    public required Instant TriedAt { get; init; }

    /// <summary>When it was last found good; null when never.</summary>
    public Instant? TakenAt { get; init; }

    /// <summary>Entries in force.</summary>
    public long Entries { get; init; }

    /// <summary>Entries of it that are private, ours, or never blocked.</summary>
    public long LeftOut { get; init; }

    /// <summary>The tag of what was taken (RFC 9110 §8.8.3).</summary>
    public string? Tag { get; init; }

    /// <summary>When its publisher changed what was taken (RFC 9110 §8.8.2), as it said.</summary>
    public string? ChangedAt { get; init; }

    /// <summary>Why it was not taken the last time; null when it was.</summary>
    public string? Problem { get; init; }
}
