using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Microsoft.Extensions.Logging;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>
/// The worker of the hand-over table <c>report</c>: reads what arrived, finds the customers behind it, makes or joins cases, and gives
/// each report its one outcome. All reports of a batch, and all that follows from them, are one transaction.
/// </summary>
public sealed class ReportClerk : IClerk
{
    private const int BatchReports = 200;
    private const long BatchBytes = 16 << 20;

    // Longer than the DNS takes, and no time for somebody who waits for an answer.
    private static readonly Duration HostsWait = Duration.FromMinutes(2);

    private readonly Database database;
    private readonly CaseBooks books;
    private readonly LiveViews views;
    private readonly IClock clock;
    private readonly ILogger<ReportClerk> log;
    private readonly ReportUnderstanding understanding;
    private readonly Provider provider;
    private readonly ReporterAnswers answers;

    /// <summary>Makes the worker.</summary>
    public ReportClerk(
        Database database, Provider provider, CaseBooks books, LiveViews views, ReporterAnswers answers, IClock clock, ILogger<ReportClerk> log)
    {
        (this.database, this.provider, this.books, this.views, this.answers, this.clock, this.log) = (database, provider, books, views, answers, clock, log);
        understanding = new ReportUnderstanding(books.Policy, provider, ReportLimits.Default);
    }

    /// <inheritdoc/>
    public string Name => "intake";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var waiting = await database.ReadAsync(db => new ReportStore(db).WaitingAsync(BatchReports, BatchBytes, clock.GetCurrentInstant(), stop), stop);
        if (waiting.Count == 0)
            return 0;

        var understood = await UnderstandAsync(waiting, stop);
        try
        {
            await ConcludeAsync(understood, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException && understood.Count > 1)
        {
            // One of them is poison. Alone, each of the others gets its outcome, and the one goes to a person.
            log.BatchFailed(e, understood.Count);
            foreach (var one in understood)
                await ConcludeAloneAsync(one, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException && understood.Count == 1)
        {
            await GiveUpAsync(understood[0].Report.Id, understood[0].Reading.Format, e, stop);
        }

        return waiting.Count;
    }

    // A report that cannot even be looked at goes to a person at once; the others come back.
    private async Task<List<UnderstoodReport>> UnderstandAsync(IReadOnlyList<WaitingReport> waiting, CancellationToken stop)
    {
        var directory = views.Directory;
        var understood = new UnderstoodReport?[waiting.Count];
        var failed = new Exception?[waiting.Count];
        Parallel.For(0, waiting.Count, i =>
        {
            try
            {
                understood[i] = understanding.Understand(waiting[i], directory);
            }
            catch (Exception e)
            {
                failed[i] = e;
            }
        });
        for (var i = 0; i < failed.Length; i++)
        {
            if (failed[i] is { } why)
                await GiveUpAsync(waiting[i].Id, ReportFormat.None, why, stop);
        }

        return await AttributeAsync([.. understood.OfType<UnderstoodReport>()], directory, stop);
    }

    // Our records are asked once for the whole batch. Reports that name hosts which nobody has looked up wait until somebody has.
    private async Task<List<UnderstoodReport>> AttributeAsync(List<UnderstoodReport> understood, Directory directory, CancellationToken stop)
    {
        var records = await database.ReadAsync(db => OwnRecords.FindAsync(db, understood, provider, stop), stop);
        var now = clock.GetCurrentInstant();
        var waiting = understood.ConvertAll(u => (Report: u, Hosts: ReportUnderstanding.HostsToAsk(u, records).ToList()));
        var wanted = waiting.SelectMany(w => w.Hosts).ToHashSet();
        if (wanted.Count > 0)
        {
            var reports = waiting.Where(w => w.Hosts.Count > 0).Select(w => w.Report.Report.Id).ToList();
            await database.WriteAsync(db => new HostStore(db).WantAsync(wanted, reports, now, now + HostsWait, stop), stop);
        }

        var mailboxes = views.Mailboxes;
        return [.. waiting.Where(w => w.Hosts.Count == 0).Select(w => understanding.Attribute(w.Report, records, directory, mailboxes, now))];
    }

    private async Task ConcludeAloneAsync(UnderstoodReport understood, CancellationToken stop)
    {
        try
        {
            await ConcludeAsync([understood], stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await GiveUpAsync(understood.Report.Id, understood.Reading.Format, e, stop);
        }
    }

    private Task GiveUpAsync(ReportId id, ReportFormat format, Exception why, CancellationToken stop)
    {
        log.ReportFailed(why, id);
        var conclusion = new ReportConclusion(
            id, ReportState.NeedsPerson, ReportOutcome.NeedsPerson, "The program failed on it; its log says how.", format.Name(), null);
        return database.WriteAsync(db => new ReportStore(db).ConcludeAsync([conclusion], clock.GetCurrentInstant(), stop), stop);
    }

    private Task ConcludeAsync(IReadOnlyList<UnderstoodReport> understood, CancellationToken stop) =>
        database.WriteAsync(async db =>
        {
            var now = clock.GetCurrentInstant();
            var claimed = (await new ReportStore(db).ClaimAsync([.. understood.Select(u => u.Report.Id)], stop)).ToHashSet();
            var mine = understood.Where(u => claimed.Contains(u.Report.Id)).ToList();
            await new ReportBatch(db, books, answers, now).ConcludeAsync(mine, stop);
        }, stop);
}
