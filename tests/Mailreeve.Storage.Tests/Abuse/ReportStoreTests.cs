using Mailreeve.Policy;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class ReportStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_report_comes_back_byte_for_byte(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var bytes = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        var report = Some.Report with { Raw = bytes, Tls = null, EnvelopeFrom = "" };

        var id = await test.Database.WriteAsync(db => new ReportStore(db).AddAsync(report, Stop), Stop);

        Assert.Equal(bytes, await test.Database.ReadAsync(db => new ReportStore(db).RawAsync(id, Stop), Stop));
        var row = await test.Database.ReadAsync(db => new ReportStore(db).FindAsync(id, Stop), Stop);
        Assert.NotNull(row);
        Assert.Equal(
            (report.ReceivedAt, report.Channel, report.Queue, report.ClientAddress, report.EnvelopeFrom, 70_000),
            (row.ReceivedAt, row.Channel, row.Queue, row.ClientAddress, row.EnvelopeFrom, row.Size));
        Assert.Equal((ReportState.Received, null, null), (row.State, row.Outcome, row.ProcessedAt));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Reports_wait_in_the_order_in_which_they_came(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var ids = await AddAsync(test, 5);

        var waiting = await test.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(3, long.MaxValue, Instant.MaxValue, Stop), Stop);

        Assert.Equal(ids.Take(3), waiting.Select(w => w.Id));
        Assert.Equal(Some.Report.Raw, waiting[0].Raw);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Waiting_reports_come_one_at_least_and_no_more_than_the_bytes_allow(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var ids = await AddAsync(test, 4);
        var size = Some.Report.Size;

        var one = await test.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1, Instant.MaxValue, Stop), Stop);
        var two = await test.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(10, size + 1, Instant.MaxValue, Stop), Stop);

        Assert.Equal(ids.Take(1), one.Select(w => w.Id));
        Assert.Equal(ids.Take(2), two.Select(w => w.Id));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_workers_never_conclude_the_same_report(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        var ids = await AddAsync(test, 30);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(async db =>
        {
            var mine = await new ReportStore(db).ClaimAsync(ids, Stop);
            await new ReportStore(db).ConcludeAsync([.. mine.Select(Done)], Some.Time, Stop);
            return mine;
        }, Stop)));

        Assert.Equal(ids, claimed.SelectMany(c => c).OrderBy(id => id.Value));
        Assert.Empty(await test.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(100, long.MaxValue, Instant.MaxValue, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_outcome_stays_what_it_is(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var id = (await AddAsync(test, 1))[0];
        await test.Database.WriteAsync(db => new ReportStore(db).ConcludeAsync([Done(id)], Some.Time, Stop), Stop);

        var later = Done(id) with { Outcome = ReportOutcome.NotOurs, Detail = "later" };
        await test.Database.WriteAsync(db => new ReportStore(db).ConcludeAsync([later], Some.Time, Stop), Stop);

        var row = await test.Database.ReadAsync(db => new ReportStore(db).FindAsync(id, Stop), Stop);
        Assert.Equal((ReportOutcome.Case, "why"), (row!.Outcome, row.OutcomeDetail));
        Assert.Equal(Some.Time, row.ProcessedAt);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_needs_a_person_waits_on_the_desk_until_one_has_settled_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var id = (await AddAsync(test, 1))[0];
        var conclusion = Done(id) with { State = ReportState.NeedsPerson, Outcome = ReportOutcome.NeedsPerson };
        await test.Database.WriteAsync(db => new ReportStore(db).ConcludeAsync([conclusion], Some.Time, Stop), Stop);

        var onDesk = await test.Database.ReadAsync(db => new ReportStore(db).NeedingPersonAsync(10, Stop), Stop);
        var first = await test.Database.WriteAsync(db => new ReportStore(db).SettleAsync(id, "answered by telephone", Stop), Stop);
        var second = await test.Database.WriteAsync(db => new ReportStore(db).SettleAsync(id, "again", Stop), Stop);

        Assert.Equal([id], onDesk.Select(r => r.Id));
        Assert.Equal((true, false), (first, second));
        Assert.Empty(await test.Database.ReadAsync(db => new ReportStore(db).NeedingPersonAsync(10, Stop), Stop));
    }

    private static ReportConclusion Done(ReportId id) => new(id, ReportState.Done, ReportOutcome.Case, "why", "arf", null);

    private static Task<List<ReportId>> AddAsync(TestDatabase test, int count) =>
        test.Database.WriteAsync(async db =>
        {
            var ids = new List<ReportId>();
            for (var i = 0; i < count; i++)
                ids.Add(await new ReportStore(db).AddAsync(Some.Report, Stop));
            return ids;
        }, Stop);
}
