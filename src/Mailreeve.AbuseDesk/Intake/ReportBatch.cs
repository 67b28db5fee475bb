using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>Concludes reports within one transaction: what they need is read in one go, decided in memory, and written in one go.</summary>
internal sealed class ReportBatch(DbSession db, CaseBooks books, ReporterAnswers answers, Instant now)
{
    private readonly AbusePolicy policy = books.Policy;
    private readonly Dictionary<CaseKey, CaseId> openCases = [];
    private readonly HashSet<(CaseId, long)> reportersSeen = [];
    private readonly HashSet<(CaseId, long, string)> evidenceSeen = [];
    private readonly List<EventRow> events = [];
    private readonly List<ReportConclusion> conclusions = [];
    private readonly List<NewAnswer> owed = [];

    private sealed record CaseKey(CustomerId Customer, Resource Resource, string Type);

    /// <summary>Gives each report its outcome.</summary>
    public async Task ConcludeAsync(IReadOnlyList<UnderstoodReport> reports, CancellationToken stop)
    {
        if (reports.Count == 0)
            return;

        var counts = reports.GroupBy(r => r.ReporterMailbox).ToDictionary(g => g.Key, g => (long)g.Count());
        var reporters = await new ReporterStore(db).CountAsync(counts, now, stop);
        var book = books.Open(db, now, reports.Count);
        await LoadAsync(reports, reporters.Values, book, stop);

        var eventIds = new IdPool(db, "event", reports.Sum(r => Math.Max(1, r.Findings.Count)));
        foreach (var report in reports)
            await ConcludeAsync(report, reporters[report.ReporterMailbox], book, eventIds, stop);

        await book.SaveAsync(stop);
        await new EventStore(db).AddAsync(events, stop);
        await eventIds.GiveBackAsync(stop);
        await new ReportStore(db).ConcludeAsync(conclusions, now, stop);
        if (owed.Count == 0)
            return;
        var first = await db.NextIdsAsync("answer", owed.Count, stop);
        await new AnswerStore(db).AddAsync([.. owed.Select((a, i) => a with { Id = first + i })], stop);
    }

    private async Task LoadAsync(IReadOnlyList<UnderstoodReport> reports, IEnumerable<long> reporters, CaseBook book, CancellationToken stop)
    {
        var findings = reports.SelectMany(r => r.Findings).Where(f => f.MakesCase).ToList();
        var stored = await new CaseStore(db).OpenAsync(
            findings.Select(f => f.Direct!.Value).ToHashSet(), findings.Select(f => f.Resource!.Name).ToHashSet(), stop);
        foreach (var open in stored)
        {
            book.Take(open);
            openCases[new CaseKey(open.Customer, open.Resource, open.Type)] = open.Id;
        }

        var store = new EventStore(db);
        var cases = stored.Select(c => c.Id).ToList();
        foreach (var seen in await store.ReportersSeenAsync(cases, [.. reporters], stop))
            reportersSeen.Add((seen.CaseId, seen.ReporterId));
        foreach (var seen in await store.SeenAsync(cases, [.. reports.Select(r => r.Fingerprint)], stop))
            evidenceSeen.Add((seen.CaseId, seen.ReporterId, Convert.ToHexString(seen.Fingerprint)));
    }

    private async Task ConcludeAsync(UnderstoodReport report, long reporter, CaseBook book, IdPool eventIds, CancellationToken stop)
    {
        var (outcome, detail) = ReportRules.Decide(report);
        var anyNew = false;
        // One report is one complaint in a case, however often it names the resource.
        var caseOf = new Dictionary<CaseKey, CaseId>();
        foreach (var finding in report.Findings)
        {
            var id = new EventId(await eventIds.TakeAsync(stop));
            CaseId? caseId = null;
            if (outcome == ReportOutcome.Case && finding.MakesCase)
            {
                var key = new CaseKey(finding.Direct!.Value, finding.Resource!, finding.Type);
                if (!caseOf.TryGetValue(key, out var known))
                {
                    known = await CaseOfAsync(key, finding, book, stop);
                    caseOf[key] = known;
                    anyNew |= await ComplainAsync(known, id, report, reporter, finding.Kind!.Value, book, stop);
                }

                caseId = known;
            }

            events.Add(Row(id, report, reporter, finding, caseId));
        }

        if (outcome == ReportOutcome.Case && !anyNew)
            outcome = ReportOutcome.Repeat;
        if (answers.RepliesTo(report.Report) is { } earlier)
        {
            (outcome, detail) = ReporterAnswers.OfReply(report.Reading, earlier, outcome, detail);
            await new AnswerStore(db).JoinAsync(report.Report.Id, earlier, stop);
        }
        else if (answers.Owed(report, outcome, now) is { } answer)
        {
            owed.Add(answer);
            detail += answer.Kind switch
            {
                AnswerKind.NotOurs => " The reporter is told.",
                AnswerKind.NeedsFacts => " The reporter is asked for what is missing.",
                _ => "",
            };
        }

        var state = outcome == ReportOutcome.NeedsPerson ? ReportState.NeedsPerson : ReportState.Done;
        conclusions.Add(new ReportConclusion(report.Report.Id, state, outcome, detail, report.Reading.Format.Name(), reporter));
    }

    private async Task<CaseId> CaseOfAsync(CaseKey key, Finding finding, CaseBook book, CancellationToken stop)
    {
        if (openCases.TryGetValue(key, out var open))
            return open;
        var kind = finding.Kind!.Value;
        var opened = new CaseEvent.Opened(key.Customer, finding.Downstream, kind, key.Resource, key.Type);
        return openCases[key] = await book.OpenAsync(opened, policy.LadderOf(kind).Clause, stop);
    }

    /// <returns>Whether it is a complaint that counts: not the same evidence from the same reporter again.</returns>
    private async Task<bool> ComplainAsync(
        CaseId id, EventId eventId, UnderstoodReport report, long reporter, CaseKind kind, CaseBook book, CancellationToken stop)
    {
        var isNewReporter = reportersSeen.Add((id, reporter));
        var isRepeat = !evidenceSeen.Add((id, reporter, Convert.ToHexString(report.Fingerprint)));
        var added = new CaseEvent.ComplaintAdded(report.Report.Id, eventId, isNewReporter, isRepeat);
        book.Record(id, added, Actor.Policy, policy.LadderOf(kind).Clause);
        await book.DecideAsync(id, new CaseFacts { NewComplaint = isRepeat ? null : report.Report.Id }, stop);
        return !isRepeat;
    }

    private static EventRow Row(EventId id, UnderstoodReport report, long reporter, Finding finding, CaseId? caseId) => new()
    {
        Id = id,
        ReportId = report.Report.Id,
        CaseId = caseId,
        Type = finding.Type,
        Role = EnumText.Of(finding.Observation.Role),
        Address = finding.Observation.Address,
        Port = finding.Observation.Port,
        Url = finding.Observation.Url,
        Domain = finding.Observation.Domain,
        Mailbox = finding.Observation.Mailbox,
        OccurredRaw = finding.Observation.Time.Raw,
        OccurredAt = finding.Observation.Time.Utc,
        TimeConfidence = EnumText.Of(finding.Observation.Time.Confidence),
        Verdict = finding.VerdictName,
        VerdictDetail = finding.Attributed.Why,
        Chain = string.Join(' ', finding.Chain),
        Basis = finding.Basis,
        CustomerId = finding.Holder,
        AssignmentId = finding.Assignment,
        SubmissionId = finding.Submission,
        ReporterId = reporter,
        Fingerprint = report.Fingerprint,
    };
}
