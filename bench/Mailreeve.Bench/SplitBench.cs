using System.Diagnostics;
using System.Security.Cryptography;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>What a report costs once it is in the database: to parse, to attribute, to decide, to commit.</summary>
internal sealed class SplitBench(Load load)
{
    private static readonly Instant Start = SystemClock.Instance.GetCurrentInstant();

    private readonly AbusePolicy policy = ShippedPolicy.Policy;

    /// <summary>Measures and prints one line.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var test = await TestDatabase.OpenAsync(load.Dialect);
        var database = test.Database;
        await Load.AddCustomersAsync(database, Start, stop);
        using var views = await LiveViews.LoadAsync(database, stop);
        database.Views = views;
        var books = new CaseBooks(policy, Load.Provider, views);
        var answers = new ReporterAnswers(Load.Provider, new ReportCodeKey(new byte[32]));
        var clerk = new ReportClerk(database, Load.Provider, books, views, answers, SystemClock.Instance, NullLogger<ReportClerk>.Instance);

        // Once for the just-in-time compiler, which also opens the cases.
        var next = await AddAsync(database, 0, Math.Max(load.Cases, 2000), stop);
        var waiting = await WaitingAsync(database, stop);
        Read(waiting);
        Understand(waiting, views);
        await DrainAsync(clerk, stop);
        await Task.Delay(500, stop);

        await AddAsync(database, next, load.Reports, stop);
        waiting = await WaitingAsync(database, stop);
        var me = Process.GetCurrentProcess();
        var parse = Measure(() => Read(waiting));
        var understood = Measure(() => Understand(waiting, views));
        var decide = await DecideAsync(database, books, stop);
        GC.Collect();
        var meter = new CpuMeter(me, test.ConnectionString);
        await DrainAsync(clerk, stop);
        var all = meter.Read();
        Print(parse, understood - parse, decide, all);
    }

    private void Print(double parse, double attribute, double decide, Spent all)
    {
        double Micro(double seconds) => seconds / load.Reports * 1e6;
        var total = Micro(all.Program);
        Console.WriteLine(
            $"split    {load.Dialect,-10}  parse {Micro(parse),5:0}  attribute {Micro(attribute),4:0}  decide {Micro(decide),4:0}  "
            + $"commit {total - Micro(parse + attribute + decide),5:0}  = {total,5:0} µs CPU/report  (PostgreSQL {Micro(all.Database),5:0} µs)  "
            + $"{load.Reports / all.Wall,6:0}/s on the clock");
    }

    // The least of some passes: the just-in-time compiler works beside the others.
    private static double Measure(Action work)
    {
        const int passes = 5;
        var me = Process.GetCurrentProcess();
        var least = double.MaxValue;
        for (var pass = 0; pass < passes; pass++)
        {
            GC.Collect();
            var before = me.TotalProcessorTime;
            work();
            me.Refresh();
            least = Math.Min(least, (me.TotalProcessorTime - before).TotalSeconds);
        }

        return least;
    }

    private static void Read(IReadOnlyList<WaitingReport> waiting)
    {
        foreach (var report in waiting)
            ReportReader.Read(report.Raw, ReportLimits.Default);
    }

    private void Understand(IReadOnlyList<WaitingReport> waiting, LiveViews views)
    {
        var understanding = new ReportUnderstanding(policy, Load.Provider, ReportLimits.Default);
        foreach (var report in waiting)
        {
            var understood = understanding.Understand(report, views.Directory);
            understanding.Attribute(understood, OwnRecords.None, views.Directory, views.Mailboxes, Start);
        }
    }

    // The clerk's decisions, on a case book that is never saved; the transaction is undone.
    private async Task<double> DecideAsync(Database database, CaseBooks books, CancellationToken stop)
    {
        double seconds = 0;
        try
        {
            await database.WriteAsync(async db =>
            {
                var book = books.Open(db, Start, load.Reports);
                var ids = await db.QueryAsync<CaseId>("SELECT id FROM abuse_case ORDER BY id", null, stop);
                foreach (var id in ids)
                    await book.LoadAsync(id, stop);
                seconds = Measure(() => Decide(book, ids, stop));
                throw new OperationCanceledException();
            }, stop);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // As intended.
        }

        return seconds;
    }

    private void Decide(CaseBook book, IReadOnlyList<CaseId> ids, CancellationToken stop)
    {
        for (var i = 0; i < load.Reports; i++)
        {
            var (id, report) = (ids[i % ids.Count], new ReportId(i));
            var added = new CaseEvent.ComplaintAdded(report, new EventId(i), IsNewReporter: false, IsRepeat: false);
            book.Record(id, added, Actor.Policy, policy.LadderOf(book[id].Kind).Clause);
            book.DecideAsync(id, new CaseFacts { NewComplaint = report }, stop).GetAwaiter().GetResult();
        }
    }

    private async Task<int> AddAsync(Database database, int first, int count, CancellationToken stop)
    {
        await database.WriteAsync(async db =>
        {
            var store = new ReportStore(db);
            for (var n = first; n < first + count; n++)
            {
                var raw = SmallReport.Write(n, load.AddressOf(n), Start);
                await store.AddAsync(
                    Some.Report with { ReceivedAt = Start, Raw = raw, Sha256 = SHA256.HashData(raw), EnvelopeFrom = SmallReport.SenderOf(n) },
                    stop);
            }
        }, stop);
        return first + count;
    }

    private static Task<IReadOnlyList<WaitingReport>> WaitingAsync(Database database, CancellationToken stop) =>
        database.ReadAsync(db => new ReportStore(db).WaitingAsync(1_000_000, 1L << 32, Instant.MaxValue, stop), stop);

    private static async Task DrainAsync(ReportClerk clerk, CancellationToken stop)
    {
        while (await clerk.WorkAsync(stop) > 0)
        {
        }
    }
}
