using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Ends the blocks whose time is over, and what nobody has said yes to in time. Whoever enforces them looks at the time too, so nothing depends on this one's punctuality.</summary>
public sealed class BlockExpiryClerk(Database database, IClock clock) : IClerk
{
    private const long Batch = 100;

    /// <inheritdoc/>
    public string Name => "block-expiry";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        // Most of the time nothing is due, and to find that out takes no turn at the writer.
        var (blocks, names, services, proposals) = await database.ReadAsync(
            async db => (
                await new BlockStore(db).AnyDueAsync(now, stop), await new NameBlockStore(db).AnyDueAsync(now, stop),
                await new ServiceBlockStore(db).AnyDueAsync(now, stop), await new BlockProposalStore(db).AnyDueAsync(now, stop)),
            stop);
        var ended = names ? await database.WriteAsync(db => new NameBlockStore(db).ExpireAsync(now, stop), stop) : 0;
        ended += services ? await database.WriteAsync(db => new ServiceBlockStore(db).ExpireAsync(now, stop), stop) : 0;
        ended += proposals ? await database.WriteAsync(db => new BlockProposalStore(db).ExpireAsync(now, stop), stop) : 0;
        if (!blocks)
            return ended;

        for (var batch = (int)Batch; batch == Batch;)
        {
            batch = await database.WriteAsync(db => new BlockStore(db).ExpireAsync(now, Batch, stop), stop);
            ended += batch;
        }

        return ended;
    }
}
