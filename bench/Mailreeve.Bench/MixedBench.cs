using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>Many reports of all formats through the intake: what each step and each format costs, and whether the memory stays flat.</summary>
internal sealed class MixedBench(Load load)
{
    private const int Chunk = 1_000;

    // The cases are about these days.
    private static readonly Instant Start = Instant.FromUtc(2024, 6, 1, 0, 0);

    private readonly MixedReports reports = new(load);
    private readonly SortedDictionary<string, (long Count, long Bytes, TimeSpan Mime, TimeSpan Read)> formats = new(StringComparer.Ordinal);
    private TimeSpan understand;
    private TimeSpan conclude;
    private double database;

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var test = await TestDatabase.OpenAsync(load.Dialect);
        var database = test.Database;
        await Load.AddCustomersAsync(database, Start, stop);
        using var views = await LiveViews.LoadAsync(database, stop);
        database.Views = views;
        var policy = ShippedPolicy.Policy;
        var books = new CaseBooks(policy, Load.Provider, views);
        var answers = new ReporterAnswers(Load.Provider, new ReportCodeKey(new byte[32]));
        var clerk = new ReportClerk(database, Load.Provider, books, views, answers, SystemClock.Instance, NullLogger<ReportClerk>.Instance);
        var understanding = new ReportUnderstanding(policy, Load.Provider, ReportLimits.Default);

        Console.WriteLine($"mixed    {load.Dialect}, {load.Reports} reports from {reports.Kinds} cases");
        Console.WriteLine($"{"reports",9} {"resident MiB",13} {"heap MiB",9} {"µs CPU each",12}");
        var spent = TimeSpan.Zero;
        for (var first = -Chunk; first < load.Reports; first += Chunk)
        {
            var waiting = await AddAsync(database, first + Chunk, stop);
            Read(waiting);
            understand += Measure(() => waiting.ForEach(
                w => understanding.Attribute(understanding.Understand(w, views.Directory), OwnRecords.None, views.Directory, views.Mailboxes, Start)));
            // The tests' PostgreSQL runs without autovacuum, which would tell the planner how large the tables have become.
            if (load.Dialect == Dialect.PostgreSql && first % (10 * Chunk) == 0)
                await database.WriteAsync(db => db.ExecuteAsync("ANALYZE event, report, reporter, abuse_case", null, stop), stop);
            var meter = new CpuMeter(Process.GetCurrentProcess(), test.ConnectionString);
            var before = Environment.CpuUsage.TotalTime;
            while (await clerk.WorkAsync(stop) > 0)
            {
            }

            var taken = Environment.CpuUsage.TotalTime - before;
            (conclude, spent, this.database) = (conclude + taken, spent + taken, this.database + meter.Read().Database);
            if (first < 0)
            {
                // The just-in-time compiler's share.
                formats.Clear();
                (understand, conclude, spent, this.database) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0);
            }
            else if ((first + Chunk) % Math.Max(Chunk, load.Reports / 10) == 0)
            {
                GC.Collect();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{first + Chunk,9} {Environment.WorkingSet >> 20,13} {GC.GetTotalMemory(false) >> 20,9} {spent.TotalMicroseconds / Math.Max(Chunk, load.Reports / 10),12:0}"));
                spent = TimeSpan.Zero;
            }
        }

        await PrintAsync(database, stop);
    }

    private async Task<List<WaitingReport>> AddAsync(Database database, int first, CancellationToken stop)
    {
        await database.WriteAsync(async db =>
        {
            var store = new ReportStore(db);
            for (var n = first; n < first + Chunk; n++)
            {
                var raw = reports.Write(n);
                await store.AddAsync(
                    Some.Report with { ReceivedAt = Start, Raw = raw, Sha256 = SHA256.HashData(raw), EnvelopeFrom = SmallReport.SenderOf(n) },
                    stop);
            }
        }, stop);
        return [.. await database.ReadAsync(db => new ReportStore(db).WaitingAsync(Chunk, 1L << 32, Instant.MaxValue, stop), stop)];
    }

    private void Read(List<WaitingReport> waiting)
    {
        foreach (var group in waiting.GroupBy(w => ReportReader.Read(w.Raw, ReportLimits.Default).Format.Name()))
        {
            var mails = group.Select(w => w.Raw).ToList();
            var mime = Measure(() => mails.ForEach(m => MailParts.Read(m, ReportLimits.Default)));
            var read = Measure(() => mails.ForEach(m => ReportReader.Read(m, ReportLimits.Default)));
            var (count, bytes, mimeBefore, readBefore) = formats.GetValueOrDefault(group.Key);
            formats[group.Key] = (count + mails.Count, bytes + mails.Sum(m => m.LongLength), mimeBefore + mime, readBefore + read);
        }
    }

    private static TimeSpan Measure(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        work();
        return Environment.CpuUsage.TotalTime - before;
    }

    private async Task PrintAsync(Database database, CancellationToken stop)
    {
        var count = (double)formats.Values.Sum(f => f.Count);
        double Micro(TimeSpan time) => time.TotalMicroseconds / count;
        var mime = Micro(formats.Values.Aggregate(TimeSpan.Zero, (sum, f) => sum + f.Mime));
        var read = Micro(formats.Values.Aggregate(TimeSpan.Zero, (sum, f) => sum + f.Read));
        var total = Micro(conclude);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"MIME {mime:0}  format and extraction {read - mime:0}  attribution {Micro(understand) - read:0}  decide and commit {total - Micro(understand):0}"
            + $"  = {total:0} µs CPU/report, {1e6 / total:0} a second and core  (PostgreSQL {this.database / count * 1e6:0} µs)"));
        Console.WriteLine($"{"format",-22} {"reports",9} {"bytes each",11} {"MIME µs",8} {"format and extraction µs",25}");
        foreach (var (format, f) in formats)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{format,-22} {f.Count,9} {f.Bytes / f.Count,11} {f.Mime.TotalMicroseconds / f.Count,8:0} {(f.Read - f.Mime).TotalMicroseconds / f.Count,25:0}"));
        }

        var outcomes = await database.ReadAsync(db => db.QueryAsync<string>(
            "SELECT COALESCE(outcome, state) || ' ' || COUNT(*) FROM report GROUP BY COALESCE(outcome, state) ORDER BY 1", null, stop), stop);
        Console.WriteLine($"outcomes: {string.Join(", ", outcomes)}");
    }
}
