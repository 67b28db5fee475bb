using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>The clock of all cases: takes those whose time to answer is over, in order, and does what the policy then requires (C4).</summary>
public sealed class DeadlineClerk(Database database, CaseBooks books, IClock clock) : IClerk
{
    private const long Batch = 50;

    /// <inheritdoc/>
    public string Name => "deadlines";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var due = await database.ReadAsync(db => new CaseStore(db).DueAsync(clock.GetCurrentInstant(), Batch, stop), stop);
        await WorkItems.EachAsync(due, id => database.WriteAsync(db => PassAsync(db, id, stop), stop));
        return due.Count;
    }

    private async Task PassAsync(DbSession db, CaseId id, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var book = books.Open(db, now);
        // Read again within the transaction: the customer may have answered in the last second.
        if (await book.LoadAsync(id, stop) is not { Phase: CasePhase.AwaitingAnswer } open
            || open.Due > now || open.OverdueHandledRound >= open.Round)
            return;

        book.Record(id, new CaseEvent.DeadlinePassed(), Actor.Policy, books.Policy.LadderOf(open.Kind).AnswerWithin.Clause);
        await book.DecideAsync(id, new CaseFacts { Confirmable = await new ChargeStore(db).ConfirmableAsync(id, stop) }, stop);
        await book.SaveAsync(stop);
    }
}
