using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Keeps the blocks of customers as what these have changes: what is theirs now is blocked, what is theirs no more is lifted.</summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the assignments.</param>
/// <param name="never">What is never blocked: an assignment that touches it is left alone.</param>
/// <param name="clock">The time.</param>
public sealed class CustomerBlockClerk(Database database, LiveViews views, IReadOnlyList<NeverBlockEntry> never, IClock clock) : IClerk
{
    private const string NoLongerTheirs = "It is not the customer's any more.";

    // A look reads all of them and their sessions.
    private static readonly Duration LookEvery = Duration.FromSeconds(1);

    private Instant? lookedAt;

    /// <inheritdoc/>
    public string Name => "customer-blocks";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        // The clock may have been set back.
        if (lookedAt is { } last && last <= now && now - last < LookEvery)
            return 0;
        // Most of the time there are none, and to find that out takes no turn at the writer.
        var changes = await database.ReadAsync(async db => await ChangesAsync(db, now, stop), stop);
        if (changes.IsEmpty)
        {
            lookedAt = now;
            return 0;
        }

        return await database.WriteAsync(async db =>
        {
            // What is read in the transaction that writes is so when it is written.
            var (over, placed, lifted) = await ChangesAsync(db, now, stop);
            if (over > 0)
                await new CustomerBlockStore(db).ExpireAsync(now, stop);
            foreach (var (block, prefixes) in placed)
                await CustomerBlocks.PlaceAsync(db, block, prefixes, now, stop);
            foreach (var some in lifted.Chunk(DbSession.ListMax))
                await new BlockStore(db).LiftAsync(some, Actor.Policy, NoLongerTheirs, now, stop);
            return over + placed.Sum(p => p.Prefixes.Count) + lifted.Count;
        }, stop);
    }

    private async Task<Changes> ChangesAsync(DbSession db, Instant now, CancellationToken stop)
    {
        var store = new CustomerBlockStore(db);
        var standing = await store.InForceAsync(stop);
        if (standing.Count == 0)
            return new Changes(0, [], []);
        var directory = views.Directory;
        var rows = (await store.BlocksAsync(stop)).ToLookup(b => b.CustomerBlockId);
        var sessions = await store.SessionPrefixesAsync([.. standing.SelectMany(s => directory.TreeOf(s.CustomerId)).Distinct()], stop);
        var placed = new List<(NewCustomerBlock Block, IReadOnlyList<Prefix> Prefixes)>();
        var lifted = new List<BlockId>();
        foreach (var block in standing.Where(s => s.StartsAt <= now && now < s.ExpiresAt))
        {
            var wanted = CustomerBlocks.PrefixesOf(directory, sessions, block.CustomerId, now)
                .Where(p => !p.IsWiderThanANetwork && !never.Any(n => n.Prefix.Overlaps(p))).ToHashSet();
            var missing = wanted.Except(rows[block.Id].Select(b => b.Prefix)).ToList();
            if (missing.Count > 0)
                placed.Add((NewOf(block), missing));
            lifted.AddRange(rows[block.Id].Where(b => !wanted.Contains(b.Prefix)).Select(b => b.Id));
        }

        return new Changes(standing.Count(s => s.ExpiresAt <= now), placed, lifted);
    }

    private static NewCustomerBlock NewOf(CustomerBlockRow row) => new()
    {
        Id = row.Id,
        Customer = row.CustomerId,
        Scope = row.Scope,
        Clause = row.Clause,
        PolicyRevision = row.PolicyRevision,
        Reason = row.Reason,
        PlacedBy = row.PlacedBy,
        StartsAt = row.StartsAt,
        ExpiresAt = row.ExpiresAt,
    };

    private sealed record Changes(int Over, List<(NewCustomerBlock Block, IReadOnlyList<Prefix> Prefixes)> Placed, List<BlockId> Lifted)
    {
        public bool IsEmpty => Over == 0 && Placed.Count == 0 && Lifted.Count == 0;
    }
}
