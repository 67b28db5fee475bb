using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>
/// What relay tests mean for cases (C7): one that is proven opens a case, or is added to it; a whole run that finds the server closed ends
/// it and its blocks. Shortly before the time to close it is over, another run is asked for.
/// </summary>
public sealed class RelayCaseClerk(Database database, CaseBooks books, LiveViews views, IClock clock) : IClerk
{
    /// <summary>XARF v4 type of such cases.</summary>
    public const string CaseType = "vulnerability/open_service";

    private const long Batch = 50;

    // Long enough for the slowest run; and what the customer does in the last hours still counts.
    private static readonly Duration BeforeDue = Duration.FromHours(3);

    /// <inheritdoc/>
    public string Name => "relay-cases";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var untold = await database.ReadAsync(db => new RelayRunStore(db).UntoldAsync(Batch, stop), stop);
        await WorkItems.EachAsync(untold, run => database.WriteAsync(db => TellAsync(db, run, stop), stop));

        var now = clock.GetCurrentInstant();
        var due = await database.ReadAsync(db => DueAsync(db, now, stop), stop);
        await WorkItems.EachAsync(due, run => database.WriteAsync(db => new RelayRunStore(db).AskAsync(run, stop), stop));
        return untold.Count + due.Count;
    }

    private async Task TellAsync(DbSession db, RelayRunRow run, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var runs = new RelayRunStore(db);
        await runs.ToldAsync(run.Id, now, stop);
        // A message that arrives days later still proves its run, and the host may have been found closed meanwhile.
        if (run.Verdict is not (RelayRunVerdict.Open or RelayRunVerdict.Closed) || await runs.IsOvertakenAsync(run, stop))
            return;

        var (customer, downstream) = views.Directory.AnswerableFor(run.CustomerId);
        var cases = (await new CaseStore(db).OpenAsync([customer], [$"{run.Address}"], stop)).Where(c => c.Kind == CaseKind.OpenRelay).ToList();
        var book = books.Open(db, now);
        if (run.Verdict == RelayRunVerdict.Open)
            await ProveAsync(db, book, run, cases, new CaseEvent.Opened(customer, downstream, CaseKind.OpenRelay, new Resource(ResourceKind.Address, $"{run.Address}"), CaseType), stop);
        else
            await CloseAsync(book, run, cases, stop);
        await book.SaveAsync(stop);
    }

    private async Task ProveAsync(
        DbSession db, CaseBook book, RelayRunRow run, IReadOnlyList<AbuseCase> cases, CaseEvent.Opened opening, CancellationToken stop)
    {
        var clause = books.Policy.LadderOf(CaseKind.OpenRelay).Clause;
        var proof = (await new RelayRunStore(db).AttemptsAsync(run.Id, stop)).FirstOrDefault(a => a.Verdict == RelayVerdict.Proven);
        var facts = proof is null ? "" : $"Test '{proof.Test}', port {proof.Port}; the message came out at {proof.ExitAddress}.";
        var id = await book.TakeOrOpenAsync(cases.FirstOrDefault(c => c.Type == CaseType), opening, clause, stop);
        book.Record(id, new CaseEvent.RelayProven(run.Id, facts), Actor.Policy, clause);
        await book.DecideAsync(id, new CaseFacts(), stop);
    }

    // A run from before the case says nothing about what the case is about.
    private static async Task CloseAsync(CaseBook book, RelayRunRow run, IReadOnlyList<AbuseCase> cases, CancellationToken stop)
    {
        foreach (var open in cases.Where(c => c.OpenedAt <= run.StartedAt))
        {
            book.Take(open);
            await book.SettleAsync(open.Id, new CaseEvent.RelayClosed(run.Id), $"Relay test {run.Id} found it closed.", stop);
        }
    }

    private static async Task<IReadOnlyList<NewRelayRun>> DueAsync(DbSession db, Instant now, CancellationToken stop)
    {
        var wanted = new List<NewRelayRun>();
        foreach (var open in await new CaseStore(db).DueSoonAsync(CaseKind.OpenRelay, now, now + BeforeDue, Batch, stop))
        {
            if (open.Resource.Kind != ResourceKind.Address || Protocols.Net.Address.ParseOrNull(open.Resource.Name) is not { } address)
                continue;
            // Only where a test was made before: other cases are none that a test could end.
            var holder = open.Downstream ?? open.Customer;
            if (await new RelayRunStore(db).OfAsync(address, holder, 1, stop) is [var last] && last.AskedAt < open.Due - BeforeDue && last.State == RelayRunState.Done)
                wanted.Add(new NewRelayRun(holder, address, RelayOccasion.Case, Actor.Policy, now));
        }

        return wanted;
    }
}
