using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Explain;

/// <summary>Puts an event of a case into words, with the rows it rests on.</summary>
internal static class EventWords
{
    private const int ShortLengthMax = 300;

    /// <summary>What happened, and what it rests on.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="row">The row it is from.</param>
    /// <param name="before">The case before it.</param>
    /// <param name="grounds">Everything on record.</param>
    public static (string Said, IReadOnlyList<string> Because) Of(CaseEvent happened, CaseEventRow row, AbuseCase before, CaseGrounds grounds) =>
        happened switch
        {
            CaseEvent.Opened e => ($"The case was opened: {EnumText.Of(e.CaseKind)} about {e.Resource}.", Opened(e, grounds)),
            CaseEvent.ComplaintAdded e => (ComplaintSaid(e), Complaint(e, grounds)),
            CaseEvent.TrustJudged e => ($"What may follow without a person: {TrustWords.Of(e.Level)} ({e.Points} points).", Trust(e)),
            CaseEvent.DecisionWithdrawn e => ($"The question about step {e.Step} was withdrawn.", Reason(e.Reason)),
            CaseEvent.NoticeWritten e => ($"The notice '{e.Template}' was written for step {e.Step}{(e.StartsClock ? "; the time to answer begins with it" : "")}.", Attempts(e, grounds)),
            CaseEvent.NoticeAccepted e => ($"The notice of step {e.Step} was accepted for delivery{(e.Due is { } due ? $"; the customer has until {At(due)}" : "")}.", Attempt(e.Notice, grounds)),
            CaseEvent.NoticeReturned e => ($"The notice of step {e.Step} came back{(e.StartsClock ? "; the clock stops until another contact has it" : "")}.", [.. Attempt(e.Notice, grounds), $"The other side: {Short(e.Reason)}"]),
            CaseEvent.NoticeUndeliverable e => ($"The notice of step {e.Step} reached nobody.", [Short(e.Reason)]),
            CaseEvent.DeadlinePassed => ($"The time to answer ended{(before.Due is { } due ? $" at {At(due)}" : "")} without an answer that stands.", []),
            CaseEvent.Answered e => ("The customer answered; no clock runs while the answer is judged.", Answer(e.Response, grounds)),
            CaseEvent.AnswerAccepted e => ("The answer was accepted.", Reason(e.Reason)),
            CaseEvent.AnswerRefused e => ($"The answer was refused; the customer has until {At(e.Due)}.", Reason(e.Reason)),
            CaseEvent.DeadlineExtended e => ($"The customer was given until {At(e.Due)}.", Reason(e.Reason)),
            CaseEvent.BlockPlaced e => ($"{e.Target} was blocked, step {e.Step}.", Block(e.Block, grounds)),
            CaseEvent.ServiceSuspended e => ($"The {e.Target} was suspended, step {e.Step}.", Suspension(e.Block, grounds)),
            CaseEvent.BlockEnded e => ($"Block {e.Block.Value} {(e.Expired ? "ran out" : "was lifted")}.", Reason(e.Reason)),
            CaseEvent.ChargeProposed e => ($"A charge of {e.Amount} was proposed for report {e.Report}.", Charge(e.Charge, grounds)),
            CaseEvent.ChargeDecided e => ($"Charge {e.Charge.Value} was {(e.Confirmed ? "confirmed" : "voided")}.", Reason(e.Reason)),
            CaseEvent.DecisionAsked e => ($"An operator was asked about step {e.Step}.", Question(e, grounds)),
            CaseEvent.DecisionMade e => ($"{row.Actor} said {(e.Accepted ? "yes" : "no")} to step {e.Step}.", Reason(e.Reason)),
            CaseEvent.Closed e => ($"The case was closed, {EnumText.Of(e.Disposition)}.", Reason(e.Reason)),
            CaseEvent.ReopenedByPerson e => ("The case was opened again.", [e.Reason]),
            CaseEvent.RelayProven e => ($"Relay test {e.Run} proved that the server relays.", [Short(e.Facts)]),
            CaseEvent.RelayClosed e => ($"Relay test {e.Run} was made in full and found the server closed.", []),
            CaseEvent.PostmasterUnread e => (e.IsRefused ? "A check found that mail for postmaster@ of the domain is refused." : "A check found that nobody answers mail to postmaster@ of the domain.", [Short(e.Facts)]),
            CaseEvent.PostmasterSettled e => (e.IsRead ? "A person reads postmaster@ of the domain." : "The domain is not checked any more.", [Short(e.Facts)]),
            CaseEvent.Detected e => ($"Sensors of ours saw the address attack; what may follow without a person: {TrustWords.Of(e.Level)} ({e.Points} points).", [Short(e.Facts)]),
            CaseEvent.Reopened e => ($"Report {e.Report} shows that it went on after the customer's answer: the case is open again.", [$"What it shows was not before {At(e.Earliest)}; the customer answered {(before.AnsweredAt is { } answered ? At(answered) : "before")}."]),
            CaseEvent.ReopenedByDetections e => ("Sensors of ours saw it go on after the customer's answer: the case is open again.", [$"What they saw began {At(e.Earliest)}; the customer answered {(before.AnsweredAt is { } answered ? At(answered) : "before")}.", "What was seen before the answer bears no measure any more."]),
            CaseEvent.ListwashingSeen e => ("It looks as if only those who complained were taken off a list (listwashing).", [Short(e.Facts)]),
            _ => throw new System.Diagnostics.UnreachableException($"No words for {happened.GetType().Name}."),
        };

    private static string At(NodaTime.Instant at) => CaseExplanation.At(at);

    private static List<string> Opened(CaseEvent.Opened e, CaseGrounds grounds)
    {
        var because = new List<string> { $"{grounds.NameOf(e.Customer)} answers for it." };
        if (e.Downstream is { } downstream)
            because.Add($"It is {grounds.NameOf(downstream)}'s, whose provider answers for them.");
        return because;
    }

    private static string ComplaintSaid(CaseEvent.ComplaintAdded e) =>
        e.IsRepeat ? $"Report {e.Report} brought evidence that the same reporter had sent before; it does not count again."
        : !e.IsVouched ? $"Report {e.Report} complained; nobody vouches for it, so it does not count."
        : e.IsOld ? $"Report {e.Report} complained about what may be from before the customer's last answer; it shows nothing new."
        : e.IsNewReporter ? $"Report {e.Report} complained; its reporter had not before."
        : $"Report {e.Report} complained; its reporter had complained before.";

    private static List<string> Complaint(CaseEvent.ComplaintAdded e, CaseGrounds grounds)
    {
        var ofReport = grounds.File.Observations.Where(o => o.ReportId == e.Report).ToList();
        if (ofReport.FirstOrDefault(o => o.Id == e.Event) is not { } seen)
            return [];

        var what = string.Join(", ", new[] { seen.Address?.ToString(), seen.Port is { } port ? $"port {port}" : null, seen.Url, seen.Domain }.OfType<string>());
        var when = seen.OccurredAt is { } at
            ? $"{At(at)} ({seen.TimeConfidence}; as reported: {Short(seen.OccurredRaw ?? "")})"
            : "a time that the report does not say";
        var because = new List<string>
        {
            $"Observed by reporter #{seen.ReporterId}: {seen.Type}, {seen.Role} {Short(what)}, at {when}.",
            $"Whose it was: {seen.Verdict}, {seen.VerdictDetail.TrimEnd('.')}{Assignment(seen, grounds)}.",
        };
        if (ofReport.Count > 1)
            because.Add($"The report says so in {ofReport.Count} observations; they are one complaint.");
        return because;
    }

    private static string Assignment(EventRow seen, CaseGrounds grounds)
    {
        // As it is now: its end may have become known since.
        if (seen.SessionId is { } session && grounds.Sessions.TryGetValue(session, out var had))
            return $"; {WhoWords.Of(had)}";
        if (seen.AssignmentId is not { } id || !grounds.Assignments.TryGetValue(id, out var assignment))
            return "";
        var until = assignment.ValidTo is { } to ? $"until {At(to)}" : "until now";
        return $"; assignment {id}: {assignment.Prefix?.ToString() ?? assignment.Domain} to {grounds.NameOf(assignment.Customer)} from {At(assignment.ValidFrom)} {until}";
    }

    private static List<string> Trust(CaseEvent.TrustJudged e)
    {
        var because = new List<string> { $"Because of report {e.Report}: {TrustWords.Of(e.Reasons)}" };
        if (e.Witnesses.Count > 0)
            because.Add($"Independent reporters so far: {e.Witnesses.Count}{(e.IsConfirmed ? "; our own records show a message" : "")}.");
        return because;
    }

    private static List<string> Attempts(CaseEvent.NoticeWritten e, CaseGrounds grounds) =>
        [.. grounds.File.Notices.Where(n => n.Step == e.Step).Select(n => Attempt(n, grounds))];

    private static List<string> Attempt(NoticeId id, CaseGrounds grounds) =>
        [.. grounds.File.Notices.Where(n => n.Id == id).Select(n => Attempt(n, grounds))];

    private static string Attempt(NoticeRow notice, CaseGrounds grounds)
    {
        var contact = notice.ContactId is { } id && grounds.Contacts.TryGetValue(id, out var known)
            ? $"{EnumText.Of(known.Channel)} {known.Address} ({EnumText.Of(known.Role)})"
            : "no contact";
        var ended = notice.FinishedAt is { } at ? $" {At(at)}" : "";
        var detail = string.IsNullOrEmpty(notice.Detail) ? "" : $": {Short(notice.Detail)}";
        return $"Notice {notice.Id.Value}, attempt {notice.Attempt}: {contact}, {EnumText.Of(notice.State)}{ended}{detail}";
    }

    private static List<string> Answer(ResponseId id, CaseGrounds grounds) =>
        grounds.File.Responses.FirstOrDefault(r => r.Id == id) is { } response
            ? [$"Resolved: {Short(response.Resolution)}", $"Prevented: {Short(response.Prevention)}", $"Now {EnumText.Of(response.State)}."]
            : [];

    private static List<string> Block(BlockId id, CaseGrounds grounds)
    {
        if (grounds.File.Blocks.FirstOrDefault(b => b.Id == id) is not { } block)
            return [];
        var because = new List<string> { $"Block {id.Value}: {EnumText.Of(block.Scope)} traffic of {block.Prefix} from {At(block.StartsAt)} until {At(block.ExpiresAt)} at the latest." };
        because.Add(Ended(block.State, block.EndedAt, block.EndedBy));
        return because;
    }

    private static List<string> Suspension(BlockId id, CaseGrounds grounds) =>
        grounds.File.ServiceBlocks.FirstOrDefault(b => b.Id == id) is { } block
            ? [$"Block {id.Value}: {block.Target} from {At(block.StartsAt)} until {At(block.ExpiresAt)} at the latest.", Ended(block.State, block.EndedAt, block.EndedBy)]
            : [];

    private static string Ended(BlockState state, Instant? at, Actor? by) => state == BlockState.InForce
        ? "It is in force, unless its time is over."
        : $"It {(state == BlockState.Lifted ? "was lifted" : "ran out")}{(at is { } ended ? $" at {At(ended)}" : "")} by {by}.";

    private static List<string> Charge(ChargeId id, CaseGrounds grounds)
    {
        if (grounds.File.Charges.FirstOrDefault(c => c.Id == id) is not { } charge)
            return [];
        List<string> because = charge.ValidityDetail is { Length: > 0 } why ? [$"Validity: {EnumText.Of(charge.Validity!.Value)}. {why}"] : [];
        because.Add(charge.State == ChargeState.Proposed
            ? $"Charge {id.Value} waits for an operator."
            : $"Charge {id.Value} was {EnumText.Of(charge.State)} at {At(charge.DecidedAt!.Value)} by {charge.DecidedBy}.");
        return because;
    }

    private static List<string> Question(CaseEvent.DecisionAsked e, CaseGrounds grounds)
    {
        var because = new List<string>();
        if (grounds.File.Decisions.FirstOrDefault(d => d.Id == e.Decision) is { } decision)
            because.Add($"Decision {decision.Id.Value}, {EnumText.Of(decision.State)}: {decision.Question}");
        because.Add($"Why: {e.Why}");
        return because;
    }

    private static IReadOnlyList<string> Reason(string reason) => string.IsNullOrEmpty(reason) ? [] : [$"Why: {Short(reason)}"];

    private static string Short(string text) => text.Length <= ShortLengthMax ? text : $"{DbText.Clean(text[..ShortLengthMax])}…";
}
