using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Scenarios;

/// <summary>
/// Plays a scenario against a policy. What happens becomes events, <see cref="CaseRules"/> decides, and the measures become
/// events again, as they do at work; only nothing is sent or blocked.
/// </summary>
public sealed class ScenarioRun
{
    private static readonly Instant Begin = Instant.FromUtc(2002, 2, 1, 0, 0);

    private readonly AbusePolicy policy;
    private readonly Scenario scenario;
    private readonly Queue<Measure.Notify> waiting = new();
    private readonly Queue<(long Block, string Step)> placed = new();
    private readonly List<(long Decision, string Step)> asked = [];
    private readonly List<PolicyProblem> failures = [];
    private AbuseCase open = new() { Id = new CaseId(1) };
    private Measure.Notify? delivered;
    private long lastId;

    private ScenarioRun(AbusePolicy policy, Scenario scenario)
    {
        this.policy = policy;
        this.scenario = scenario;
    }

    /// <summary>Plays it to its end, or to the first step that goes otherwise.</summary>
    /// <returns>What went otherwise, with its place in the scenario's file; empty when all is as told.</returns>
    public static IReadOnlyList<PolicyProblem> Play(AbusePolicy policy, Scenario scenario)
    {
        var run = new ScenarioRun(policy, scenario);
        foreach (var step in scenario.Steps)
        {
            run.Take(step);
            if (run.failures.Count > 0)
                break;
        }

        return run.failures;
    }

    /// <summary>Plays it to its end whatever happens, for stories that nobody wrote: there is a fault if it throws.</summary>
    internal static IReadOnlyList<PolicyProblem> PlayThrough(AbusePolicy policy, Scenario scenario)
    {
        var run = new ScenarioRun(policy, scenario);
        foreach (var step in scenario.Steps)
            run.Take(step);
        return run.failures;
    }

    private void Take(ScenarioStep step)
    {
        var now = Begin + step.At;
        var facts = new CaseFacts { AddressBlock = scenario.AddressBlock, CustomerBlock = scenario.CustomerBlock };
        IReadOnlyList<Measure> confirmed = [];
        if (step.Happened is ScenarioEvent.Confirmed or ScenarioEvent.Declined)
        {
            if (Decided(step, now) is not { } question)
                return;
            if (step.Happened == ScenarioEvent.Confirmed)
                confirmed = CaseRules.Confirmed(policy, open, question, facts, now);
            else
                confirmed = CaseRules.Declined(policy, open, question);
        }
        else if (Happen(step, now) is { } told)
        {
            facts = facts with { NewComplaint = told.NewComplaint, SaysItWentOn = told.SaysItWentOn, ExpiredBlockStep = told.ExpiredBlockStep };
        }
        else
        {
            return;
        }

        Record(confirmed, now);
        var decided = CaseRules.Decide(policy, open, facts, now);
        Record(decided, now);
        if (open.Phase == CasePhase.AwaitingAnswer && now >= open.Due && open.OverdueHandledRound != open.Round)
            Apply(new CaseEvent.DeadlinePassed(), now);
        Compare(step, [.. confirmed, .. decided]);

        var again = CaseRules.Decide(policy, open, facts with { NewComplaint = null }, now);
        if (again.Count > 0)
        {
            var twice = string.Join("; ", again.Select(MeasureWords.Of));
            Fail(step, $"The same measures would be taken twice: {twice}.", "This is a fault of the program.");
        }
    }

    // What the event adds to the facts; null when it cannot happen now.
    private CaseFacts? Happen(ScenarioStep step, Instant now)
    {
        switch (step.Happened)
        {
            case ScenarioEvent.Complaint:
                return Complain(step.Trust, now);
            case ScenarioEvent.Detected:
                return Detect(step.Trust ?? TrustLevel.Notice, now);
            case ScenarioEvent.SameComplaint:
                Apply(new CaseEvent.ComplaintAdded(new ReportId(NextId()), new EventId(NextId()), IsNewReporter: false, IsRepeat: true), now);
                break;
            case ScenarioEvent.CheckFailed or ScenarioEvent.CheckPassed:
                if (Checked(step.Happened == ScenarioEvent.CheckPassed) is not { } found)
                    return Impossible(step, "Nothing of this kind is checked by us.");
                if (step.Happened == ScenarioEvent.CheckFailed)
                    OpenIfNew(now);
                Apply(found, now);
                break;
            case ScenarioEvent.NoticeAccepted or ScenarioEvent.NoticeUndeliverable:
                if (!waiting.TryDequeue(out var notice))
                    return Impossible(step, "No notice waits for delivery.");
                Apply(Delivered(step, notice, now), now);
                delivered = step.Happened == ScenarioEvent.NoticeAccepted ? notice : null;
                break;
            case ScenarioEvent.NoticeReturned:
                if (delivered is not { } returned)
                    return Impossible(step, "No notice was accepted that could come back.");
                Apply(new CaseEvent.NoticeReturned(returned.Step, new NoticeId(NextId()), "Bounced.", returned.StartsClock), now);
                waiting.Enqueue(returned);
                delivered = null;
                break;
            case ScenarioEvent.Answered:
                Apply(new CaseEvent.Answered(new ResponseId(NextId())), now);
                break;
            case ScenarioEvent.AnswerAccepted or ScenarioEvent.AnswerRefused:
                if (open.Phase != CasePhase.InReview || open.Response is not { } response)
                    return Impossible(step, "No answer waits for a decision.");
                Apply(Reviewed(step, response, now), now);
                break;
            case ScenarioEvent.MoreTime:
                Apply(new CaseEvent.DeadlineExtended(now + step.Time!.Value, "More time."), now);
                break;
            case ScenarioEvent.BlockExpired:
                if (!placed.TryDequeue(out var block))
                    return Impossible(step, "No block is in force.");
                Apply(new CaseEvent.BlockEnded(new BlockId(block.Block), Expired: true, "It ran out."), now);
                return new CaseFacts { ExpiredBlockStep = block.Step };
            default:
                break;
        }

        return new CaseFacts();
    }

    private CaseFacts Complain(TrustLevel? trust, Instant now)
    {
        var isFirst = OpenIfNew(now);
        var report = new ReportId(NextId());
        Apply(new CaseEvent.ComplaintAdded(report, new EventId(NextId()), IsNewReporter: true, IsRepeat: false, IsVouched: (trust ?? open.Trust) != TrustLevel.Nothing), now);
        if (isFirst || trust is not null)
            Apply(new CaseEvent.TrustJudged(report, trust ?? TrustLevel.Block, 0, [], [], IsConfirmed: false), now);
        return new CaseFacts { NewComplaint = report };
    }

    private bool OpenIfNew(Instant now)
    {
        if (open.Version > 0)
            return false;
        var type = policy.LadderOf(scenario.Kind).Types is [var first, ..] ? first : "";
        var resource = new Resource(scenario.Kind == CaseKind.Postmaster ? ResourceKind.Domain : ResourceKind.Address, scenario.Resource);
        Apply(new CaseEvent.Opened(new CustomerId(1), null, scenario.Kind, resource, type), now);
        return true;
    }

    // What a check of ours records; null for kinds that none is about.
    private CaseEvent? Checked(bool isPassed) => scenario.Kind switch
    {
        CaseKind.OpenRelay => isPassed ? new CaseEvent.RelayClosed(NextId()) : new CaseEvent.RelayProven(NextId(), "It relays."),
        CaseKind.Postmaster => isPassed ? new CaseEvent.PostmasterSettled(IsRead: true, "Read.") : new CaseEvent.PostmasterUnread(IsRefused: true, "Refused.", ""),
        _ => null,
    };

    private CaseFacts Detect(TrustLevel level, Instant now)
    {
        var step = DetectionRules.StepOn(policy, open.Version == 0 ? null : open, new DetectionVerdict(level, 0, 1, 1), now, isSaid: false, now);
        if (step == DetectionStep.Open)
            OpenIfNew(now);
        if (step == DetectionStep.Reopen)
            Apply(new CaseEvent.ReopenedByDetections(now), now);
        if (step != DetectionStep.Keep)
            Apply(new CaseEvent.Detected(level, 0, "Seen.") { WentOn = open.AnsweredAt is not null && level >= TrustLevel.Notice }, now);
        return new CaseFacts { SaysItWentOn = step == DetectionStep.AskToReopen };
    }

    private CaseEvent Delivered(ScenarioStep step, Measure.Notify notice, Instant now) =>
        step.Happened == ScenarioEvent.NoticeUndeliverable
            ? new CaseEvent.NoticeUndeliverable(notice.Step, "No contact accepted it.")
            : new CaseEvent.NoticeAccepted(
                notice.Step, new NoticeId(NextId()), now, notice.StartsClock ? now + CaseRules.TimeToAnswer(policy, open) : null);

    private CaseEvent Reviewed(ScenarioStep step, ResponseId response, Instant now) =>
        step.Happened == ScenarioEvent.AnswerAccepted
            ? new CaseEvent.AnswerAccepted(response, "Convincing.")
            : new CaseEvent.AnswerRefused(response, "Not convincing.", now + policy.LadderOf(open.Kind).AnswerWithin.Value);

    // The step that the operator was asked about; null when they were not.
    private string? Decided(ScenarioStep step, Instant now)
    {
        var index = asked.FindIndex(a => MeasureWords.RungOf(a.Step) == step.Rung);
        if (index < 0)
        {
            Impossible(step, $"Nobody was asked about '{step.Rung}'.");
            return null;
        }

        var (decision, name) = asked[index];
        asked.RemoveAt(index);
        Apply(new CaseEvent.DecisionMade(new DecisionId(decision), name, step.Happened == ScenarioEvent.Confirmed, "Decided."), now);
        return name;
    }

    private void Record(IReadOnlyList<Measure> measures, Instant now)
    {
        foreach (var measure in measures)
        {
            switch (measure)
            {
                case Measure.Notify m:
                    waiting.Enqueue(m);
                    Apply(new CaseEvent.NoticeWritten(m.Step, m.Template, m.StartsClock), now);
                    break;
                case Measure.ProposeCharge m:
                    Apply(new CaseEvent.ChargeProposed(new ChargeId(NextId()), m.Report, m.Amount), now);
                    break;
                case Measure.ConfirmCharge m:
                    Apply(new CaseEvent.ChargeDecided(m.Charge, Confirmed: true, m.Reason), now);
                    break;
                case Measure.Withdraw m:
                    var index = asked.FindIndex(a => a.Step == m.Step);
                    if (index >= 0)
                    {
                        Apply(new CaseEvent.DecisionWithdrawn(new DecisionId(asked[index].Decision), m.Step, m.Reason), now);
                        asked.RemoveAt(index);
                    }

                    break;
                case Measure.PlaceBlock m:
                    var block = NextId();
                    placed.Enqueue((block, m.Step));
                    Apply(new CaseEvent.BlockPlaced(new BlockId(block), string.Join(", ", m.Prefixes), m.Step, m.ExpiresAt), now);
                    break;
                case Measure.Suspend m:
                    var suspended = NextId();
                    placed.Enqueue((suspended, m.Step));
                    Apply(new CaseEvent.ServiceSuspended(new BlockId(suspended), $"{m.Target}", m.Step, m.ExpiresAt), now);
                    break;
                case Measure.LiftBlocks m:
                    while (placed.TryDequeue(out var lifted))
                        Apply(new CaseEvent.BlockEnded(new BlockId(lifted.Block), Expired: false, m.Reason), now);
                    break;
                case Measure.Ask m:
                    var decision = NextId();
                    asked.Add((decision, m.Step));
                    Apply(new CaseEvent.DecisionAsked(new DecisionId(decision), m.Step, m.Why), now);
                    break;
                case Measure.StartClock m:
                    Apply(new CaseEvent.DeadlineExtended(m.Due, "An operator told the customer."), now);
                    break;
                case Measure.Reopen m:
                    Apply(new CaseEvent.ReopenedByPerson(m.Reason), now);
                    break;
                case Measure.Close m:
                    Apply(new CaseEvent.Closed(m.Disposition, m.Reason), now);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException($"No event for {measure.GetType().Name}.");
            }
        }
    }

    private void Compare(ScenarioStep step, List<Measure> measures)
    {
        if (step.Expect.Count == measures.Count && step.Expect.Zip(measures).All(p => MeasureWords.Matches(p.First, p.Second)))
            return;
        var required = measures.Count == 0 ? "nothing" : string.Join("; ", measures.Select(MeasureWords.Long));
        var expected = step.Expect.Count == 0 ? "nothing" : string.Join("; ", step.Expect);
        Fail(
            step, $"At {DurationText.Print(step.At)} the policy requires: {required}. Expected was: {expected}.",
            "Change the expectation if the policy is right, or the policy if it is not.");
    }

    private CaseFacts? Impossible(ScenarioStep step, string why)
    {
        Fail(step, why, "Change the story.");
        return null;
    }

    private void Fail(ScenarioStep step, string message, string remedy) =>
        failures.Add(new PolicyProblem(scenario.File, step.Line, step.Column, "step", message, remedy));

    private void Apply(CaseEvent happened, Instant now) => open = open.Apply(happened, now);

    private long NextId() => ++lastId;
}
