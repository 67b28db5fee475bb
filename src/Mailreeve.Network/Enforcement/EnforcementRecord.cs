using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>What the rows of one back end say, so that only what has become different is written.</summary>
internal sealed class EnforcementRecord(string node, IBlockBackEnd backEnd, DesiredBlocks desired)
{
    private readonly Dictionary<BlockId, (EnforcementState State, string? Detail)> states = [];

    /// <summary>Blocks that are on record and not removed.</summary>
    public IEnumerable<BlockId> Standing => states.Keys;

    /// <summary>Takes in what is on record.</summary>
    public void Load(IEnumerable<EnforcementRow> rows)
    {
        foreach (var row in rows)
            states[row.BlockId] = (row.State, row.Detail);
    }

    /// <summary>The rows to write once everything has been read back and is as it should be at <paramref name="now"/>.</summary>
    public List<EnforcementRow> Proven(IEnumerable<BlockId> ids, BlockView blocks, Instant now)
    {
        var rows = new List<EnforcementRow>();
        foreach (var id in ids)
        {
            var block = blocks.Find(id);
            var isInForce = block?.IsInForce(now) == true;
            var known = states.TryGetValue(id, out var was);
            if (block is not null && isInForce && desired.IsNever(block.Prefix))
                Add(EnforcementState.Pending, provenAt: null, "All of it is on the never-block list: it stops nothing.");
            else if (block is not null && isInForce && backEnd.ReachOf(block) is var reach)
                Add(reach.Proof, reach.IsAny ? now : null, reach.Detail);
            else if (known)
                Add(EnforcementState.Removed, now, detail: null);

            void Add(EnforcementState next, Instant? provenAt, string? detail)
            {
                if (known && was == (next, detail))
                    return;
                rows.Add(new EnforcementRow
                {
                    BlockId = id,
                    Node = node,
                    BackEnd = backEnd.Name,
                    State = next,
                    Since = now,
                    ProvenAt = provenAt,
                    Detail = detail,
                });
            }
        }

        return rows;
    }

    /// <summary>The rows to write when the back end fails: what should have come waits, and so does what should have gone.</summary>
    public List<EnforcementRow> Failed(BlockView blocks, string why, Instant now)
    {
        var rows = new List<EnforcementRow>();
        foreach (var id in blocks.All.Where(b => b.IsInForce(now)).Select(b => b.Id).Concat(states.Keys).Distinct())
        {
            var should = blocks.Find(id)?.IsInForce(now) == true;
            var known = states.TryGetValue(id, out var was);
            // What was proven stays so: the back end keeps what it has. That what was announced depends on more than that is said where it is read.
            if (should == (known && was.State is EnforcementState.Active or EnforcementState.Announced))
                continue;
            var next = should ? EnforcementState.Pending : EnforcementState.Removing;
            if (!known || was.State != next)
                rows.Add(new EnforcementRow { BlockId = id, Node = node, BackEnd = backEnd.Name, State = next, Since = now, Detail = why });
        }

        return rows;
    }

    /// <summary>These are on record now.</summary>
    public void Written(IEnumerable<EnforcementRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.State == EnforcementState.Removed)
                states.Remove(row.BlockId);
            else
                states[row.BlockId] = (row.State, row.Detail);
        }
    }
}
