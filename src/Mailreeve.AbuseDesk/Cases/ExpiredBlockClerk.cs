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
        var (expired, suspensions) = await database.ReadAsync(
            async db => (await new BlockStore(db).ExpiredUntoldAsync(Batch, stop), await new ServiceBlockStore(db).ExpiredUntoldAsync(Batch, stop)), stop);
        await WorkItems.EachAsync(expired, block => database.WriteAsync(
            async db =>
            {
                await new BlockStore(db).ToldAsync(block.Id, clock.GetCurrentInstant(), stop);
                await TellAsync(db, block.CaseId!.Value, block.Id, block.Step, block.EndReason, block.Clause, stop);
            }, stop));
        await WorkItems.EachAsync(suspensions, block => database.WriteAsync(
            async db =>
            {
                await new ServiceBlockStore(db).ToldAsync(block.Id, clock.GetCurrentInstant(), stop);
                await TellAsync(db, block.CaseId!.Value, block.Id, block.Step, block.EndReason, block.Clause, stop);
            }, stop));
        return expired.Count + suspensions.Count;
    }

    private async Task TellAsync(DbSession db, CaseId id, BlockId block, string? step, string? reason, ClauseId clause, CancellationToken stop)
    {
        var book = books.Open(db, clock.GetCurrentInstant());
        if (await book.LoadAsync(id, stop) is not { } open || !open.Blocks.Contains(block.Value))
            return;

        book.Record(open.Id, new CaseEvent.BlockEnded(block, Expired: true, reason ?? ""), Actor.Policy, clause);
        await book.DecideAsync(open.Id, new CaseFacts { ExpiredBlockStep = step }, stop);
        await book.SaveAsync(stop);
    }
}
