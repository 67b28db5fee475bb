using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>Tells cases of their blocks that ran out, so that an operator is asked whether to block again.</summary>
public sealed class ExpiredBlockClerk(Database database, CaseBooks books, IClock clock) : IClerk
{
    private const long Batch = 50;

    /// <inheritdoc/>
    public string Name => "expired-blocks";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var expired = await database.ReadAsync(db => new BlockStore(db).ExpiredUntoldAsync(Batch, stop), stop);
        await WorkItems.EachAsync(expired, block => database.WriteAsync(db => TellAsync(db, block, stop), stop));
        return expired.Count;
    }

    private async Task TellAsync(DbSession db, BlockRow block, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        await new BlockStore(db).ToldAsync(block.Id, now, stop);
        var book = books.Open(db, now);
        if (await book.LoadAsync(block.CaseId!.Value, stop) is not { } open || !open.Blocks.Contains(block.Id.Value))
            return;

        book.Record(open.Id, new CaseEvent.BlockEnded(block.Id, Expired: true, block.EndReason ?? ""), Actor.Policy, block.Clause);
        await book.DecideAsync(open.Id, new CaseFacts { ExpiredBlockStep = block.Step }, stop);
        await book.SaveAsync(stop);
    }
}
