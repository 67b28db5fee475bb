using Mailreeve.AbuseDesk.Intake;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>Kept reports, read again. An older reader is played by changing what it left in the database.</summary>
public sealed class ReparseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_read_as_before_is_not_shown(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.ReceiveAsync(Reports.Arf(["192.0.2.7", "198.51.100.7", "198.51.100.7"], time: null));
        await desk.ReceiveAsync("From: a@reporter.example\nSubject: hello\n\nNothing to see.\n");
        await desk.WorkAsync();

        Assert.Empty(await ReparseAsync(desk, apply: true));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_report_that_waited_for_a_person_is_new_work_once_it_is_understood(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.WorkAsync();
        await AsAnOlderReaderLeftItAsync(desk, id);
        var before = await desk.DumpAsync();

        var shown = Assert.Single(await ReparseAsync(desk, apply: false));
        Assert.Equal(before, await desk.DumpAsync());
        Assert.Equal(("unknown", "arf", true, false), (shown.FormatBefore, shown.FormatNow, shown.MayBeReturned, shown.IsReturned));
        var change = Assert.Single(shown.Changes);
        Assert.Null(change.Before);
        Assert.Equal(("messaging/spam", "source", "192.0.2.7"), (change.Now!.Type, change.Now.Role, change.Now.Named));

        Assert.True(Assert.Single(await ReparseAsync(desk, apply: true)).IsReturned);
        Assert.Equal(ReportState.Received, (await desk.ReportAsync(id)).State);
        await desk.WorkAsync();

        Assert.Equal("arf", (await desk.ReportAsync(id)).Format);
        Assert.Equal("192.0.2.7", (await desk.OnlyCaseAsync()).Case.Resource.Name);
        Assert.Equal(1, await desk.Db.ReadAsync(db => db.SingleAsync<long>("SELECT reports FROM reporter", null, Stop), Stop));
        Assert.Empty(await ReparseAsync(desk, apply: true));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_made_a_case_is_only_shown(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf(["192.0.2.7", "198.51.100.7"], time: null));
        await desk.WorkAsync();
        await desk.Db.WriteAsync(db => db.ExecuteAsync("UPDATE event SET time_confidence = 'guess', type = 'messaging/other' WHERE case_id IS NULL", null, Stop), Stop);
        var before = await desk.DumpAsync();

        var shown = Assert.Single(await ReparseAsync(desk, apply: true));

        Assert.Equal((id, false, false), (shown.Id, shown.MayBeReturned, shown.IsReturned));
        var change = Assert.Single(shown.Changes);
        Assert.Equal(("messaging/other", "messaging/spam"), (change.Before!.Type, change.Now!.Type));
        Assert.Equal(before, await desk.DumpAsync());
        await desk.Db.WriteAsync(db => db.ExecuteAsync("UPDATE event SET time_confidence = 'none', type = 'messaging/spam' WHERE case_id IS NULL", null, Stop), Stop);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Some_are_chosen_and_many_are_read_in_batches(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        List<ReportId> ids = [];
        for (var i = 0; i < 450; i++)
            ids.Add(await desk.ReceiveAsync(Reports.Arf("198.51.100.7", at: desk.Now, reporter: $"fbl{i}@reporter.example")));
        await desk.WorkAsync();
        await desk.Db.WriteAsync(db => db.ExecuteAsync("UPDATE report SET format = 'unknown'", null, Stop), Stop);

        Assert.Equal(ids, (await ReparseAsync(desk, apply: false)).Select(r => r.Id));
        Assert.Equal(ids[7], Assert.Single(await ReparseAsync(desk, apply: false, new ReparseFilter { Id = ids[7] })).Id);
        Assert.Empty(await ReparseAsync(desk, apply: false, new ReparseFilter { Since = desk.Now + NodaTime.Duration.FromSeconds(1) }));
        Assert.Equal(450, (await ReparseAsync(desk, apply: false, new ReparseFilter { Since = desk.Now, Outcome = ReportOutcome.NotOurs })).Count);
        Assert.Empty(await ReparseAsync(desk, apply: false, new ReparseFilter { Outcome = ReportOutcome.Case }));
    });

    private static async Task<List<ReparsedReport>> ReparseAsync(TestDesk desk, bool apply, ReparseFilter? filter = null)
    {
        List<ReparsedReport> reports = [];
        await foreach (var one in ReportReparse.RunAsync(desk.Db, filter ?? new ReparseFilter(), apply, Stop))
            reports.Add(one);
        return reports;
    }

    // It read nothing out of it, and no case came of it.
    private static Task AsAnOlderReaderLeftItAsync(TestDesk desk, ReportId id) => desk.Db.WriteAsync(
        async db =>
        {
            foreach (var table in new[] { "event", "charge", "notice", "outbound", "case_event", "decision", "abuse_case" })
                await db.ExecuteAsync($"DELETE FROM {table}", null, Stop);
            await db.ExecuteAsync("UPDATE report SET state = 'needs-person', outcome = 'needs-person', format = 'unknown' WHERE id = @id", new { id }, Stop);
        },
        Stop);
}
