using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>bouncer</c>: programs that enforce blocks where they are, and ask here what these are.</summary>
/// <remarks>What each was told of stands in <c>block_enforcement</c>, with its name as the node.</remarks>
public sealed class BouncerStore(DbSession db)
{
    /// <summary>What the bouncers are called as a back end.</summary>
    public const string BackEnd = "crowdsec";

    /// <summary>Adds one.</summary>
    /// <returns><see langword="false"/> when the name is in use.</returns>
    public async Task<bool> AddAsync(string name, string keyHash, bool takesRanges, Actor by, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("bouncer", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO bouncer (id, name, key_hash, takes_ranges, created_at, created_by, pulls, never, never_told)
            VALUES (@id, @name, @keyHash, @takesRanges, @now, @by, 0, '', 0)
            ON CONFLICT DO NOTHING
            """, new { id, name, keyHash, takesRanges = takesRanges ? 1L : 0L, now, by }, stop) == 1;
        // Blocks wait for it from now on.
        if (added)
            await new EnforcementStore(db).RecordAsync(new EnforcementNode { Node = name, BackEnd = BackEnd, Elements = 0, Drift = 0 }, stop);
        return added;
    }

    /// <summary>Takes its key away, and what is on record about what it was told.</summary>
    /// <returns><see langword="false"/> when there is none of this name.</returns>
    public async Task<bool> RemoveAsync(string name, Actor by, Instant now, CancellationToken stop)
    {
        var removed = await db.ExecuteAsync("""
            UPDATE bouncer
            SET    removed_at = @now, removed_by = @by, pulls = pulls + 1
            WHERE  name = @name AND removed_at IS NULL
            """, new { name, by, now }, stop) == 1;
        if (removed)
        {
            await db.ExecuteAsync("DELETE FROM block_enforcement WHERE node = @name AND back_end = @backEnd", new { name, backEnd = BackEnd }, stop);
            await db.ExecuteAsync("DELETE FROM enforcement_node WHERE node = @name AND back_end = @backEnd", new { name, backEnd = BackEnd }, stop);
        }

        return removed;
    }

    /// <summary>All that are in use, by name. They are a handful.</summary>
    public Task<IReadOnlyList<BouncerRow>> InUseAsync(CancellationToken stop) =>
        db.QueryAsync<BouncerRow>("""
            SELECT *
            FROM   bouncer
            WHERE  removed_at IS NULL
            ORDER  BY name
            """, null, stop);

    /// <summary>One that is in use, or null.</summary>
    public Task<BouncerRow?> FindAsync(long id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<BouncerRow>("SELECT * FROM bouncer WHERE id = @id AND removed_at IS NULL", new { id }, stop);

    /// <summary>What is on record about blocks and a bouncer: all but for what was taken back before <paramref name="since"/>.</summary>
    public async Task<IReadOnlyList<(EnforcementState State, ToldBlock Block)>> ToldAsync(string name, Instant since, CancellationToken stop) =>
        [.. (await db.QueryAsync<ToldRow>("""
            SELECT b.id, b.clause, b.scope, b.first_address, b.prefix_length, b.starts_at, b.expires_at, e.state, e.since
            FROM   block_enforcement e
            JOIN   block b ON b.id = e.block_id
            WHERE  e.node = @name AND e.back_end = @backEnd AND (e.state <> 'removed' OR e.since >= @since)
            """, new { name, backEnd = BackEnd, since }, stop)).Select(r => (r.State, r.ToTold()))];

    /// <summary>Records what a bouncer is about to be told, unless it was told something else since <paramref name="pull"/> was prepared.</summary>
    /// <returns><see langword="false"/> when somebody else has answered it meanwhile, or it was removed: look again.</returns>
    public async Task<bool> TryRecordAsync(BouncerPull pull, IReadOnlyList<EnforcementRow> rows, CancellationToken stop)
    {
        var isFirst = await db.ExecuteAsync("""
            UPDATE bouncer
            SET    pulls = pulls + 1, pulled_at = @at, repeat_from = @repeatFrom, whole_at = @wholeAt, client = @client, never = @never,
                   never_told = @neverTold
            WHERE  id = @id AND pulls = @pulls AND removed_at IS NULL
            """,
            new
            {
                id = pull.Bouncer.Id,
                pulls = pull.Bouncer.Pulls,
                at = pull.At,
                repeatFrom = pull.RepeatFrom,
                wholeAt = pull.WholeAt,
                client = pull.Client,
                never = pull.Never,
                neverTold = pull.NeverTold,
            }, stop) == 1;
        if (!isFirst)
            return false;
        var store = new EnforcementStore(db);
        await store.RecordAsync(rows, stop);
        await store.RecordAsync(new EnforcementNode { Node = pull.Bouncer.Name, BackEnd = BackEnd, ComparedAt = pull.At, Elements = pull.Entries, Drift = 0 }, stop);
        return true;
    }

    /// <summary>Notes that a bouncer has asked about an address.</summary>
    public async Task AskedAsync(BouncerRow bouncer, string? client, Instant now, CancellationToken stop)
    {
        await db.ExecuteAsync("UPDATE bouncer SET asked_at = @now, client = @client WHERE id = @id", new { id = bouncer.Id, client, now }, stop);
        // Of one that never asks what is new, this is all that is ever heard.
        if (bouncer.PulledAt is null)
            await new EnforcementStore(db).RecordAsync(new EnforcementNode { Node = bouncer.Name, BackEnd = BackEnd, ComparedAt = now, Elements = 0, Drift = 0 }, stop);
    }

    private sealed record ToldRow
    {
        public required BlockId Id { get; init; }

        public required ClauseId Clause { get; init; }

        public required BlockScope Scope { get; init; }

        public required Address FirstAddress { get; init; }

        public required long PrefixLength { get; init; }

        public required Instant StartsAt { get; init; }

        public required Instant ExpiresAt { get; init; }

        public required EnforcementState State { get; init; }

        public required Instant Since { get; init; }

        public ToldBlock ToTold() => new()
        {
            Id = Id,
            Clause = Clause,
            Scope = Scope,
            Prefix = new Prefix(FirstAddress, (int)PrefixLength),
            StartsAt = StartsAt,
            ExpiresAt = ExpiresAt,
            ToldAt = Since,
            IsTakenBack = State == EnforcementState.Removed,
        };
    }
}

/// <summary>A row of <c>bouncer</c>.</summary>
public sealed record BouncerRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Its name, unique among those in use.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of its key, in Base64.</summary>
    public required string KeyHash { get; init; }

    /// <summary>1 when it takes prefixes, 0 when it is given their addresses one by one.</summary>
    public required long TakesRanges { get; init; }

    /// <summary>When it was added.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>How often it was told what is new.</summary>
    public required long Pulls { get; init; }

    /// <summary>When it was told last; null when never.</summary>
    public Instant? PulledAt { get; init; }

    /// <summary>What was told at this time or later is told again; null when it was told less than twice.</summary>
    public Instant? RepeatFrom { get; init; }

    /// <summary>When it was last told everything.</summary>
    public Instant? WholeAt { get; init; }

    /// <summary>When it last asked about one address; null when never.</summary>
    public Instant? AskedAt { get; init; }

    /// <summary>What it calls itself.</summary>
    public string? Client { get; init; }

    /// <summary>What was never blocked when it was told: prefixes with blanks between.</summary>
    public required string Never { get; init; }

    /// <summary>In how many answers that was different from what it is now.</summary>
    public required long NeverTold { get; init; }
}

/// <summary>One answer to a bouncer that asks what is new.</summary>
/// <param name="Bouncer">The bouncer, as it was when the answer was prepared.</param>
/// <param name="At">When.</param>
/// <param name="Client">What it calls itself.</param>
/// <param name="Entries">Entries that it has when the answer arrives.</param>
public sealed record BouncerPull(BouncerRow Bouncer, Instant At, string? Client, long Entries)
{
    /// <summary>See <see cref="BouncerRow.RepeatFrom"/>.</summary>
    public Instant? RepeatFrom { get; init; }

    /// <summary>See <see cref="BouncerRow.WholeAt"/>.</summary>
    public Instant? WholeAt { get; init; }

    /// <summary>See <see cref="BouncerRow.Never"/>.</summary>
    public required string Never { get; init; }

    /// <summary>See <see cref="BouncerRow.NeverTold"/>.</summary>
    public required long NeverTold { get; init; }
}
