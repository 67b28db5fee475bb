using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Reporters;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>Concludes reports within one transaction: what they need is read in one go, decided in memory, and written in one go.</summary>
internal sealed class ReportBatch(DbSession db, CaseBooks books, ReporterAnswers answers, Instant now)
{
    // Complaints that nobody vouches for: so many are told apart in a case.
    private const int UnvouchedMax = 20;

    private readonly AbusePolicy policy = books.Policy;
    private readonly Dictionary<CaseKey, CaseId> openCases = [];
    private readonly Campaigns campaigns = new(db, now);
    private readonly HashSet<(CaseId, long)> reportersSeen = [];
    private readonly HashSet<(CaseId, long, string)> evidenceSeen = [];
    private readonly HashSet<(CaseId, string)> evidenceVouched = [];
    private readonly HashSet<(long, string, string, string)> broughtBefore = [];
    private readonly List<EventRow> events = [];
    private readonly List<ReportConclusion> conclusions = [];
    private readonly List<NewAnswer> owed = [];

    private Complainants complainants = null!;
    private FeedbackBatch feedback = null!;

    private sealed record CaseKey(CustomerId Customer, Resource Resource, string Type);

    /// <summary>Gives each report its outcome.</summary>
    public async Task ConcludeAsync(IReadOnlyList<UnderstoodReport> reports, CancellationToken stop)
    {
        if (reports.Count == 0)
            return;

        complainants = await Complainants.LoadAsync(db, reports, now, stop);
        feedback = new FeedbackBatch(db, policy.Terms.Trust, complainants, now);
        await feedback.KeepAsync(reports, stop);
        var book = books.Open(db, now, reports.Count);
        await LoadAsync(reports, complainants.Reporters, book, stop);

        var eventIds = new IdPool(db, "event", reports.Sum(r => Math.Max(1, r.Findings.Count)));
        foreach (var report in reports)
            await ConcludeAsync(report, complainants.NumberOf(report), book, eventIds, stop);

        await book.SaveAsync(stop);
        await campaigns.SaveAsync(stop);
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

        // Resolved not long ago: what comes now belongs to it. An open one goes first.
        var since = now - policy.Terms.ReopenWithin.Value;
        var resolved = await new CaseStore(db).ResolvedAsync(
            findings.Select(f => f.Direct!.Value).ToHashSet(), findings.Select(f => f.Resource!.Name).ToHashSet(), since, stop);
        foreach (var closed in resolved)
        {
            if (openCases.TryAdd(new CaseKey(closed.Customer, closed.Resource, closed.Type), closed.Id))
                book.Take(closed);
        }

        await campaigns.LoadAsync(findings.Select(f => f.Direct!.Value).ToHashSet(), since, stop);
        // Before anything else takes numbers: two nodes that take them in another order would wait for each other.
        foreach (var report in reports)
        {
            if (report.CampaignPrint is not { } print)
                continue;
            foreach (var finding in report.Findings.Where(f => f.MakesCase))
                await campaigns.ChooseAsync(finding.Direct!.Value, print, stop);
        }

        var store = new EventStore(db);
        var cases = openCases.Values.ToList();
        foreach (var seen in await store.ReportersSeenAsync(cases, [.. reporters], stop))
            reportersSeen.Add((seen.CaseId, seen.ReporterId));
        foreach (var seen in await store.SeenAsync(cases, [.. reports.Select(r => r.Fingerprint)], stop))
        {
            var evidence = Convert.ToHexString(seen.Fingerprint);
            evidenceSeen.Add((seen.CaseId, seen.ReporterId, evidence));
            if (seen.IsProved)
                evidenceVouched.Add((seen.CaseId, evidence));
        }

        foreach (var seen in await store.BroughtAsync([.. complainants.Reporters], [.. reports.Select(r => r.Fingerprint)], stop))
            broughtBefore.Add((seen.ReporterId, Convert.ToHexString(seen.Fingerprint), seen.Resource, seen.Type));
    }

    private async Task ConcludeAsync(UnderstoodReport report, long reporter, CaseBook book, IdPool eventIds, CancellationToken stop)
    {
        var (outcome, detail) = ReportRules.Decide(report);
        var (complaints, vouched) = (0, 0);
        var clicks = default(FeedbackCount);
        // One report is one complaint in a case, however often it names the resource.
        var caseOf = new Dictionary<CaseKey, CaseId>();
        foreach (var finding in report.Findings)
        {
            var id = new EventId(await eventIds.TakeAsync(stop));
            CaseId? caseId = null;
            long? campaign = null;
            if (outcome == ReportOutcome.Case && finding.MakesCase)
            {
                campaign = report.CampaignPrint is { } print ? campaigns[finding.Direct!.Value, print] : null;
                var key = new CaseKey(finding.Direct!.Value, finding.Resource!, finding.Type);
                if (caseOf.TryGetValue(key, out var known))
                {
                    caseId = known;
                }
                else if (complainants.IsClick(report) && !feedback.Exceeds(clicks = await feedback.CountAsync(finding, stop)))
                {
                    // It is counted, and that is all.
                }
                else if (openCases.ContainsKey(key) || !broughtBefore.Contains((reporter, Convert.ToHexString(report.Fingerprint), key.Resource.Name, key.Type)))
                {
                    caseId = caseOf[key] = await CaseOfAsync(key, finding, book, stop);
                    var (isNew, isVouched) = await ComplainAsync(caseId.Value, id, report, reporter, finding, book, stop);
                    complaints += isNew ? 1 : 0;
                    vouched += isVouched ? 1 : 0;
                    if (isVouched && campaign is { } mailing)
                        await LookForListwashingAsync(caseId.Value, mailing, report, finding, book, stop);
                }
            }

            events.Add(Row(id, report, reporter, finding, caseId, campaign));
        }

        if (outcome == ReportOutcome.Case)
            (outcome, detail) = ReportRules.AfterJudging(detail, caseOf.Count, complaints, vouched, clicks);
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

    /// <returns>Whether it is no repeat, and whether enough speaks for it that it counts.</returns>
    private async Task<(bool IsNew, bool IsVouched)> ComplainAsync(
        CaseId id, EventId eventId, UnderstoodReport report, long reporter, Finding finding, CaseBook book, CancellationToken stop)
    {
        var evidence = Convert.ToHexString(report.Fingerprint);
        var open = book[id];
        var isRepeat = !evidenceSeen.Add((id, reporter, evidence));
        var facts = await FactsOfAsync(report, finding, !evidenceVouched.Contains((id, evidence)), stop);
        var terms = policy.Terms.Trust;
        var isVouched = TrustRules.Judge(terms, CaseTrust.None, facts).Trust.Level >= TrustLevel.Notice;
        var saysItWentOn = !isVouched && !isRepeat && CaseRules.AsksToReopen(policy, open, finding.Earliest, now);
        // However many they are, they say no more than the first ones; each is kept with the report.
        if (!isVouched && open.Unvouched >= UnvouchedMax && !saysItWentOn)
            return (!isRepeat, false);

        var clause = policy.LadderOf(finding.Kind!.Value).Clause;
        var isNewReporter = reportersSeen.Add((id, reporter));
        // What nobody vouches for takes no answer away from the customer.
        if (isVouched && !isRepeat && CaseRules.Reopens(policy, open, finding.Earliest, now))
            await book.ReopenAsync(id, report.Report.Id, finding.Earliest, clause, stop);
        var added = new CaseEvent.ComplaintAdded(report.Report.Id, eventId, isNewReporter, isRepeat, isVouched) { IsOld = CaseRules.IsOld(open, finding.Earliest) };
        book.Record(id, added, Actor.Policy, clause);
        if (isRepeat)
        {
            await book.DecideAsync(id, new CaseFacts(), stop);
            return (false, isVouched);
        }

        var isFirst = open.Complaints + open.Unvouched == 0;
        var before = isFirst ? CaseTrust.None : new CaseTrust(open.Trust, open.Witnesses, open.IsConfirmed);
        var verdict = TrustRules.Judge(terms, before, facts);
        if (isFirst || Differs(verdict.Trust, before))
        {
            var judged = new CaseEvent.TrustJudged(
                report.Report.Id, verdict.Trust.Level, verdict.Points, verdict.Reasons, [.. verdict.Trust.Witnesses], verdict.Trust.IsConfirmed);
            book.Record(id, judged, Actor.Policy, clause);
        }

        var validity = await ValidityOfAsync(report, finding, facts, isVouched, isKnownEvidence: !facts.IsEvidenceNew, stop);
        if (facts.Organisation is not null)
            evidenceVouched.Add((id, evidence));
        await book.DecideAsync(id, new CaseFacts { NewComplaint = report.Report.Id, Validity = validity, SaysItWentOn = saysItWentOn }, stop);
        return (true, isVouched);
    }

    private static bool Differs(CaseTrust a, CaseTrust b) =>
        a.Level != b.Level || a.IsConfirmed != b.IsConfirmed || !a.Witnesses.SetEquals(b.Witnesses);

    private async Task<ComplaintFacts> FactsOfAsync(UnderstoodReport report, Finding finding, bool isEvidenceNew, CancellationToken stop)
    {
        var organisation = complainants.OrganisationOf(report);
        var isClick = complainants.IsClick(report);
        return new ComplaintFacts
        {
            Organisation = organisation?.Id,
            Standing = organisation?.Standing ?? ReporterStanding.Unknown,
            History = organisation?.History ?? default,
            IsSharedDomain = organisation is not null && policy.MailboxProviders.Contains(organisation.Domain),
            IsFeedback = isClick,
            ExceedsFeedbackRate = isClick && feedback.Exceeds(await feedback.CountAsync(finding, stop)),
            IsEvidenceNew = isEvidenceNew,
            Age = AgeOf(report, finding),
            Records = finding.Records,
            CameFromElsewhere = finding.CameFromElsewhere,
            IsEasilyForged = TrustRules.IsEasilyForged(finding.Type),
        };
    }

    // What is said to have happened after the report came did not happen then.
    private static Duration? AgeOf(UnderstoodReport report, Finding finding)
    {
        if (finding.SentAt is { } sent)
            return report.Report.ReceivedAt - sent;
        if (finding.Observation.Time.Utc is not { } at)
            return null;
        var age = report.Report.ReceivedAt - at;
        return age >= -ReportUnderstanding.DoubtOf(finding.Observation.Time) ? age : null;
    }

    private async Task<ValidityVerdict> ValidityOfAsync(
        UnderstoodReport report, Finding finding, ComplaintFacts facts, bool isVouched, bool isKnownEvidence, CancellationToken stop) =>
        ValidityRules.Decide(new ValidityFacts
        {
            Kind = finding.Kind!.Value,
            IsFeedback = facts.IsFeedback,
            IsAuthentic = facts.Organisation is not null && isVouched,
            IsCertain = finding.Verdict is AttributionVerdict.Certain,
            HasPermission = await HasPermissionAsync(report, finding, stop),
            IsChargedBefore = isKnownEvidence,
            HasHeader = report.Reading.Original is { MessageId.Length: > 0, From.Length: > 0 },
            Records = finding.Records,
        });

    private static string? ListOf(UnderstoodReport report) =>
        report.Reading.Original is { } original ? SubmittedHeader.Read(original.Bytes.Span, authority: "").ListId : null;

    // Only mail of a list has permissions, and only the report says for whom it was.
    private async Task<bool> HasPermissionAsync(UnderstoodReport report, Finding finding, CancellationToken stop)
    {
        var recipients = report.Reading.OriginalRecipients.Select(r => r.ToLowerInvariant()).Distinct().ToList();
        return ListOf(report) is { } list && recipients.Count > 0
            && await new PermissionStore(db).CountAsync(finding.Holder!.Value, list, recipients, stop) == recipients.Count;
    }

    private async Task LookForListwashingAsync(
        CaseId id, long campaign, UnderstoodReport report, Finding finding, CaseBook book, CancellationToken stop)
    {
        var complaints = await campaigns.ComplainAsync(campaign, report.Complainer, finding.Earliest, stop);
        var open = book[id];
        var step = $"listwashing#{open.Answers}";
        if (open.AnsweredAt is { } answered && !open.StepsTaken.Contains(step) && ListwashRules.ByComplaints(answered, complaints) is { } facts)
            book.Record(id, new CaseEvent.ListwashingSeen(step, report.Report.Id, facts), Actor.Policy, policy.LadderOf(open.Kind).Clause);
    }

    private static EventRow Row(EventId id, UnderstoodReport report, long reporter, Finding finding, CaseId? caseId, long? campaign) => new()
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
        SessionId = finding.Session,
        ReporterId = reporter,
        Fingerprint = report.Fingerprint,
        CampaignId = campaign,
        Complainer = caseId is null ? null : report.Complainer,
        SeenFrom = finding.Earliest,
    };
}
