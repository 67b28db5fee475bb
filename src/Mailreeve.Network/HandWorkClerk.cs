using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Puts on the desk what nothing of ours does when a service is blocked: a person suspends it, and says so; and when the block is over, the same back.</summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the blocks.</param>
/// <param name="backEnds">Who suspends services.</param>
/// <param name="clock">The time.</param>
public sealed class HandWorkClerk(Database database, LiveViews views, SuspensionBackEnds backEnds, IClock clock) : IClerk
{
    // A person is not a machine of some name; rows want one.
    private const string Node = "desk";

    private ServiceBlockView? looked;

    /// <inheritdoc/>
    public string Name => "hand-work";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var blocks = views.ServiceBlocks;
        if (ReferenceEquals(looked, blocks))
            return 0;
        var now = clock.GetCurrentInstant();
        var wanted = blocks.All.Where(b => b.ServiceKind is { } kind && b.IsInForce(now) && backEnds.Of(kind, b.ServiceLogin) == SuspendedBy.Nobody)
            .ToLookup(b => b.ServiceId!.Value, b => b.Id);
        var known = (await database.ReadAsync(db => new EnforcementStore(db).HandRowsAsync(stop), stop)).ToLookup(r => r.ServiceId);
        var rows = wanted.Select(g => g.Key).Union(known.Select(g => g.Key)).SelectMany(s => ChangesOf([.. wanted[s]], [.. known[s]], now)).ToList();
        if (rows.Count > 0)
            await database.WriteAsync(db => new EnforcementStore(db).RecordAsync(rows, stop), stop);
        looked = blocks;
        return rows.Count;
    }

    // For one service: whatever the number of blocks, a person suspends it once, and brings it back when the last one is over.
    private static IEnumerable<EnforcementRow> ChangesOf(IReadOnlyList<BlockId> wanted, IReadOnlyList<HandRow> known, Instant now)
    {
        var done = known.FirstOrDefault(r => r.State != EnforcementState.Pending);
        foreach (var block in wanted)
        {
            var row = known.FirstOrDefault(r => r.BlockId == block);
            if (row is null || (row.State == EnforcementState.Pending && done is not null))
                yield return RowOf(block, done is null ? EnforcementState.Pending : EnforcementState.Active, now) with { ProvenAt = done?.ProvenAt, Detail = done?.Detail };
        }

        foreach (var row in known.Where(r => !wanted.Contains(r.BlockId)))
        {
            // What nobody has done need not be undone, nor what another block wants; the rest is undone once.
            if (wanted.Count > 0 || row != done)
                yield return RowOf(row.BlockId, EnforcementState.Removed, now);
            else if (row.State == EnforcementState.Active)
                yield return RowOf(row.BlockId, EnforcementState.Removing, now);
        }
    }

    private static EnforcementRow RowOf(BlockId block, EnforcementState state, Instant now) =>
        new() { BlockId = block, Node = Node, BackEnd = HandWork.BackEnd, State = state, Since = now };
}
