using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.EndToEnd;

/// <summary>What the database says after a load, and whether it adds up.</summary>
internal sealed record DatabaseState
{
    public required IReadOnlyList<ReportLine> Reports { get; init; }

    public required IReadOnlyList<ObservationLine> Observations { get; init; }

    public required IReadOnlyList<AbuseCase> Cases { get; init; }

    public required IReadOnlyList<CaseEventRow> CaseEvents { get; init; }

    public required IReadOnlyList<ChargeLine> Charges { get; init; }

    public required IReadOnlyList<NoticeLine> Notices { get; init; }

    public static async Task<DatabaseState> ReadAsync(DbSession db, CancellationToken stop)
    {
        var cases = new List<AbuseCase>();
        var events = new List<CaseEventRow>();
        foreach (var id in await db.QueryAsync<CaseId>("SELECT id FROM abuse_case ORDER BY id", null, stop))
        {
            cases.Add((await new CaseStore(db).FindAsync(id, stop))!);
            events.AddRange(await new CaseStore(db).EventsAsync(id, stop));
        }

        return new DatabaseState
        {
            Reports = await db.QueryAsync<ReportLine>("SELECT id, state, outcome, raw FROM report ORDER BY id", null, stop),
            Observations = await db.QueryAsync<ObservationLine>("SELECT id, report_id, case_id FROM event ORDER BY id", null, stop),
            Cases = cases,
            CaseEvents = events,
            Charges = await db.QueryAsync<ChargeLine>("SELECT case_id, report_id FROM charge ORDER BY case_id, report_id", null, stop),
            Notices = await db.QueryAsync<NoticeLine>("SELECT case_id, step, attempt, state FROM notice ORDER BY id", null, stop),
        };
    }

    /// <summary>Fails the test when anything is lost, or there twice.</summary>
    /// <param name="load">What was sent, and what was acknowledged.</param>
    /// <param name="sent">What customers got.</param>
    /// <param name="inDoubtMin">How many notices must be in doubt at least.</param>
    public void Check(ReportLoad load, IReadOnlyCollection<SentNotice> sent, int inDoubtMin)
    {
        CheckReports(load);
        CheckCases(load);
        CheckCharges(load);
        CheckNotices(sent, inDoubtMin);
        foreach (var stored in Cases)
            Assert.Equal(Told(Fold(stored.Id)), Told(stored));
    }

    private void CheckReports(ReportLoad load)
    {
        Assert.Equal(load.Reports.Count, load.Acknowledged.Values.Select(r => r.Number).Distinct().Count());
        Assert.All(Reports, r => Assert.True(r.State is "done" or "needs-person" && r.Outcome is not null, $"R-{r.Id}: {r.State}, {r.Outcome}"));

        var rows = Reports.ToDictionary(r => r.Id);
        foreach (var (number, report) in load.Acknowledged)
        {
            Assert.True(rows.TryGetValue(number, out var row), $"R-{number} was acknowledged and is lost.");
            Assert.Contains($"<{report.MessageId}>", Encoding.ASCII.GetString(row.Raw), StringComparison.Ordinal);
            Assert.Contains(row.Outcome, report.Kind switch
            {
                LoadKind.Complaint => ["case", "repeat"],
                LoadKind.NotOurs => ["not-ours"],
                _ => new[] { "needs-person" },
            });
        }

        // Each names one resource: one observation, and no report was read twice.
        Assert.Equal(Observations.Count, Observations.Select(o => o.ReportId).Distinct().Count());
        Assert.Equal(
            Reports.Where(r => r.Outcome is "case" or "repeat").Select(r => r.Id),
            Observations.Where(o => o.CaseId is not null).Select(o => o.ReportId).Order());
    }

    private void CheckCases(ReportLoad load)
    {
        var complaints = load.Reports.Where(r => r.Kind == LoadKind.Complaint).ToList();
        // No case was closed, so there is one for each address, whichever of the database's constraints one trusts.
        Assert.Equal(Cases.Count, Cases.Select(c => (c.Customer, c.Resource, c.Type)).Distinct().Count());
        Assert.Equal(complaints.Select(c => c.Source).Distinct().Order(), Cases.Select(c => c.Resource.Name).Order());

        foreach (var one in Cases)
        {
            var added = Added(one.Id).ToList();
            Assert.Equal(
                Observations.Where(o => o.CaseId == one.Id.Value).Select(o => (o.ReportId, o.Id)).Order(),
                added.Select(a => (a.Report.Value, a.Event.Value)).Order());
            Assert.Equal(
                complaints.Where(c => c.Source == one.Resource.Name).Select(c => (c.Evidence, c.Reporter)).Distinct().Count(),
                added.Count(a => !a.IsRepeat));
            Assert.Equal(added.Count(a => !a.IsRepeat), one.Complaints);
        }

        Assert.Equal(
            Reports.Where(r => r.Outcome == "case").Select(r => r.Id),
            Cases.SelectMany(c => Added(c.Id)).Where(a => !a.IsRepeat).Select(a => a.Report.Value).Order());
    }

    private void CheckCharges(ReportLoad load)
    {
        Assert.Equal(Charges.Count, Charges.Distinct().Count());
        Assert.Equal(
            Cases.SelectMany(c => Added(c.Id).Where(a => !a.IsRepeat).Select(a => new ChargeLine { CaseId = c.Id.Value, ReportId = a.Report.Value }))
                .OrderBy(c => c.CaseId).ThenBy(c => c.ReportId),
            Charges);
        Assert.Equal(
            load.Reports.Where(r => r.Kind == LoadKind.Complaint).Select(r => (r.Source, r.Evidence, r.Reporter)).Distinct().Count(),
            Charges.Count);
    }

    private void CheckNotices(IReadOnlyCollection<SentNotice> sent, int inDoubtMin)
    {
        Assert.Empty(sent.GroupBy(n => (n.Case, n.Step)).Where(g => g.Count() > 1).Select(g => $"case {g.Key.Case}, step {g.Key.Step}: {g.Count()} times"));
        Assert.All(Notices, n => Assert.True(n.State is "accepted" or "in-doubt", $"case {n.CaseId}, step {n.Step}: {n.State}"));
        Assert.True(Notices.Count(n => n.State == "in-doubt") >= inDoubtMin, "The kills left too few notices in doubt to prove anything.");

        var arrived = sent.Select(n => (n.Case, n.Step)).ToHashSet();
        foreach (var notice in Notices.Where(n => n.State == "accepted"))
            Assert.Contains((notice.CaseId, notice.Step), arrived);
        foreach (var notice in Notices.Where(n => n.State == "in-doubt"))
            Assert.Single(Notices, n => n.CaseId == notice.CaseId && n.Step == $"{notice.Step}/repeat" && n.Attempt == notice.Attempt);
        foreach (var one in Cases)
            Assert.Single(Notices, n => n.CaseId == one.Id.Value && n.State == "accepted");
    }

    private IEnumerable<CaseEvent.ComplaintAdded> Added(CaseId id) =>
        CaseEvents.Where(e => e.CaseId == id).Select(e => e.Happened).OfType<CaseEvent.ComplaintAdded>();

    private AbuseCase Fold(CaseId id) =>
        CaseEvents.Where(e => e.CaseId == id).OrderBy(e => e.Seq).Aggregate(new AbuseCase { Id = id }, (c, e) => c.Apply(e.Happened, e.At));

    // Two records with equal sets are not equal; their words are.
    private static string Told(AbuseCase told) =>
        $"{told} {string.Join(' ', told.Blocks)} | {string.Join(' ', told.StepsTaken)} | {string.Join(' ', told.OpenDecisions)}";
}

/// <summary>A row of <c>report</c>.</summary>
internal sealed record ReportLine
{
    public required long Id { get; init; }

    public required string State { get; init; }

    public string? Outcome { get; init; }

    public required byte[] Raw { get; init; }
}

/// <summary>A row of <c>event</c>.</summary>
internal sealed record ObservationLine
{
    public required long Id { get; init; }

    public required long ReportId { get; init; }

    public long? CaseId { get; init; }
}

/// <summary>A row of <c>charge</c>.</summary>
internal sealed record ChargeLine
{
    public required long CaseId { get; init; }

    public required long ReportId { get; init; }
}

/// <summary>A row of <c>notice</c>.</summary>
internal sealed record NoticeLine
{
    public required long CaseId { get; init; }

    public required string Step { get; init; }

    public required long Attempt { get; init; }

    public required string State { get; init; }
}
