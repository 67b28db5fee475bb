using System.Collections.Concurrent;
using Mailreeve.Policy;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Which blocks somebody must look at again: those that have changed, begun or ended since that was last done.</summary>
internal sealed class ChangedBlocks : IDisposable
{
    private readonly LiveViews views;
    private readonly bool beginsWithAll;
    private readonly ConcurrentQueue<BlockId> changed = new();
    private readonly PriorityQueue<BlockId, Instant> turns = new();
    private readonly Action? wake;
    private HashSet<BlockId> open = [];
    private bool hasBegun;

    /// <summary>From here on it is told.</summary>
    /// <param name="views">Has the blocks.</param>
    /// <param name="beginsWithAll">Whether all must be looked at first.</param>
    /// <param name="wake">Is called whenever some have changed. Must not wait.</param>
    public ChangedBlocks(LiveViews views, bool beginsWithAll, Action? wake = null)
    {
        (this.views, this.beginsWithAll, this.wake) = (views, beginsWithAll, wake);
        views.FollowBlocks(Tell);
    }

    /// <inheritdoc/>
    public void Dispose() => views.UnfollowBlocks(Tell);

    /// <summary>Those, each once, and again each time until <see cref="Done"/>: what fails half-way is begun anew. Asked by one at a time.</summary>
    public IReadOnlySet<BlockId> Take(Instant now)
    {
        if (!hasBegun)
        {
            foreach (var block in views.Blocks.All)
            {
                Await(block, now);
                if (beginsWithAll)
                    open.Add(block.Id);
            }

            hasBegun = true;
        }

        while (changed.TryDequeue(out var id))
        {
            open.Add(id);
            if (views.Blocks.Find(id) is { } block)
                Await(block, now);
        }

        while (turns.TryPeek(out var due, out var at) && at <= now)
        {
            turns.Dequeue();
            open.Add(due);
        }

        return open;
    }

    /// <summary>What was taken last was looked at, and what came of it is on disk.</summary>
    public void Done() => open = [];

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
        wake?.Invoke();
    }
}
