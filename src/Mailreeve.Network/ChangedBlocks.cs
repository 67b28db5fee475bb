using System.Collections.Concurrent;
using Mailreeve.Policy;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Which blocks somebody must look at again: those that have changed, begun or ended since it was asked last.</summary>
internal sealed class ChangedBlocks : IDisposable
{
    private readonly LiveViews views;
    private readonly bool beginsWithAll;
    private readonly ConcurrentQueue<BlockId> changed = new();
    private readonly PriorityQueue<BlockId, Instant> turns = new();
    private bool hasBegun;

    /// <summary>From here on it is told.</summary>
    /// <param name="views">Has the blocks.</param>
    /// <param name="beginsWithAll">Whether all must be looked at first.</param>
    public ChangedBlocks(LiveViews views, bool beginsWithAll)
    {
        (this.views, this.beginsWithAll) = (views, beginsWithAll);
        views.FollowBlocks(Tell);
    }

    /// <inheritdoc/>
    public void Dispose() => views.UnfollowBlocks(Tell);

    /// <summary>Those, each once. Asked by one at a time.</summary>
    public IReadOnlyCollection<BlockId> Take(Instant now)
    {
        var ids = new HashSet<BlockId>();
        if (!hasBegun)
        {
            foreach (var block in views.Blocks.All)
            {
                Await(block, now);
                if (beginsWithAll)
                    ids.Add(block.Id);
            }

            hasBegun = true;
        }

        while (changed.TryDequeue(out var id))
        {
            if (ids.Add(id) && views.Blocks.Find(id) is { } block)
                Await(block, now);
        }

        while (turns.TryPeek(out var due, out var at) && at <= now)
        {
            turns.Dequeue();
            ids.Add(due);
        }

        return ids;
    }

    // It has two turns at most: it begins, and it ends.
    private void Await(BlockEntry block, Instant now)
    {
        if (block.StartsAt > now)
            turns.Enqueue(block.Id, block.StartsAt);
        if (block.ExpiresAt > now)
            turns.Enqueue(block.Id, block.ExpiresAt);
    }

    private void Tell(IReadOnlyList<BlockId> ids)
    {
        foreach (var id in ids)
            changed.Enqueue(id);
    }
}
