using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>What the policy requires on a case. Pure: same arguments, same measures.</summary>
/// <remarks>
/// A step is named <c>rung</c>, <c>rung#round</c> or <c>rung#answer</c>, so that it is taken once for each time its occasion
/// arises. What was taken is in the case; asking again right after recording the measures therefore gives none.
/// </remarks>
public static class CaseRules
{
    /// <summary>Ends the name of a step that a person is asked about because the complaints are not trusted enough for it.</summary>
    public const char DoubtMark = '?';

    /// <summary>Begins the name of the step that tells the customer that the case is open again.</summary>
    public const string Reopened = "reopened#";

    /// <summary>Why a case that <see cref="StaysKnown"/> no longer cannot be opened again.</summary>
    public const string ClosedForGood = "Only a case that was resolved not long ago is opened again. What goes on is another case.";

    private const string Unheard = "undeliverable#";
    private const string ToReopen = "reopen#";

    /// <summary>What is due now.</summary>
    /// <returns>Measures in the order they must be taken; empty when nothing is due. Each names its clause.</returns>
    public static IReadOnlyList<Measure> Decide(AbusePolicy policy, AbuseCase open, CaseFacts facts, Instant now)
    {
        var ladder = policy.LadderOf(open.Kind);
        if (open.Phase == CasePhase.Closed)
            return facts.SaysItWentOn ? AskToReopen(ladder, open, facts) : [];
        if (open.Phase == CasePhase.Resolving)
            return Resolve(ladder, open);

        var measures = new List<Measure>();
        // Of what nobody vouches for, the customer is not told; so nothing else is asked about either.
        foreach (var rung in ladder.Rungs.Where(r => !open.IsDoubtful || r.Measure == RungMeasure.Notify))
        {
            if (StepDue(rung, open, facts, now) is { } step)
                Take(policy, open, rung, step, facts, now, measures);
        }

        TellOfReopening(ladder, open, measures);
        ConfirmCharges(ladder, open, facts, measures);
        AskAboutNotice(ladder, open, measures);
        AskAboutExpiry(ladder, open, facts, measures);
        return measures;
    }

    /// <summary>What follows when an operator has said yes to the step that was asked about.</summary>
    /// <remarks>A person may accept a wide blast radius; the never-block list binds them too.</remarks>
    public static IReadOnlyList<Measure> Confirmed(AbusePolicy policy, AbuseCase open, string step, CaseFacts facts, Instant now)
    {
        if (step.StartsWith(ToReopen, StringComparison.Ordinal) && StaysKnown(policy, open, now))
            return [new Measure.Reopen("A person found that it went on.") { Clause = policy.LadderOf(open.Kind).Clause }];
        if (open.Phase == CasePhase.Closed)
            return [];
        if (step.StartsWith(Unheard, StringComparison.Ordinal))
            return StartClock(policy, policy.LadderOf(open.Kind), open, now);
        if (RungOf(policy, open, step) is not { } rung)
            return [];
        var asked = step;
        step = step.TrimEnd(DoubtMark);
        if (asked != step && open.StepsTaken.Contains(step))
            return [];

        var measures = new List<Measure>();
        switch (rung.Measure)
        {
            case RungMeasure.Notify:
                measures.Add(new Measure.Notify(step, rung.Notice!, StartsClock: true) { Clause = rung.Clause });
                break;
            case RungMeasure.BlockAddress or RungMeasure.BlockCustomer or RungMeasure.BlockPort25
                when BlockRules.Decide(policy, BlockFactsFor(rung, facts)) is not BlockVerdict.Never:
                PlaceBlock(policy, rung, step, facts, now, measures);
                break;
            case RungMeasure.SuspendService when facts.Suspension is { } target:
                measures.Add(new Measure.Suspend(step, target, now + policy.Terms.BlockAtMost.Value) { Clause = rung.Clause });
                if (rung.Notice is { } notice)
                    measures.Add(new Measure.Notify($"{step}/notice", notice, StartsClock: false) { Clause = rung.Clause });
                break;
            default:
                break;
        }

        return measures;
    }

    /// <summary>What follows when an operator has said no to the step that was asked about.</summary>
    /// <remarks>Without a notice there is no case: who reported something true may do so again, and then it is asked again.</remarks>
    public static IReadOnlyList<Measure> Declined(AbusePolicy policy, AbuseCase open, string step) =>
        open is { IsDoubtful: true } && RungOf(policy, open, step) is { Measure: RungMeasure.Notify } rung
            ? [new Measure.Close(CaseDisposition.Unfounded, "A person found nothing in it.") { Clause = rung.Clause }]
            : [];

    /// <summary>Why a yes to the step that was asked about could not be followed; <see langword="null"/> when it can.</summary>
    public static string? Forbidden(AbusePolicy policy, AbuseCase open, string step, CaseFacts facts, Instant now) =>
        step.StartsWith(ToReopen, StringComparison.Ordinal) && !StaysKnown(policy, open, now) ? ClosedForGood
        : IsAboutService(policy, open, step) && facts.Suspension is null
            ? $"What stands behind {open.Resource} is not known for certain. Choose the mailbox or the service on the page of the case."
        : RungOf(policy, open, step) is { Measure: RungMeasure.BlockAddress or RungMeasure.BlockCustomer or RungMeasure.BlockPort25 } rung
        && BlockRules.Decide(policy, BlockFactsFor(rung, facts)) is BlockVerdict.Never never
            ? never.Why
            : null;

    /// <summary>Whether a yes to the step suspends a mailbox or a service.</summary>
    public static bool IsAboutService(AbusePolicy policy, AbuseCase open, string step) =>
        RungOf(policy, open, step) is { Measure: RungMeasure.SuspendService };

    /// <summary>The time that the customer has to answer, from when the notice was accepted: less when the case was opened again.</summary>
    public static Duration TimeToAnswer(AbusePolicy policy, AbuseCase open)
    {
        var ladder = policy.LadderOf(open.Kind).AnswerWithin.Value;
        return open.Reopenings == 0 ? ladder : Duration.Min(ladder, policy.Terms.ReopenedAnswerWithin.Value);
    }

    /// <summary>Whether evidence may be from before the customer's last answer, and so tells nothing new.</summary>
    /// <param name="open">The case, which may be closed.</param>
    /// <param name="earliest">The earliest time at which it can have happened.</param>
    public static bool IsOld(AbuseCase open, Instant earliest) => open.AnsweredAt is { } answered && earliest < answered;

    /// <summary>Whether evidence opens a case again: one that was answered and waits for a decision, or was closed not long ago.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="open">The case.</param>
    /// <param name="earliest">The earliest time at which it can have happened.</param>
    /// <param name="now">The time.</param>
    public static bool Reopens(AbusePolicy policy, AbuseCase open, Instant earliest, Instant now) =>
        open.AnsweredAt is not null && !IsOld(open, earliest)
        && (open.Phase == CasePhase.InReview || StaysKnown(policy, open, now));

    /// <summary>Whether a closed case is still the one that complaints about the same thing belong to.</summary>
    public static bool StaysKnown(AbusePolicy policy, AbuseCase open, Instant now) =>
        open is { Phase: CasePhase.Closed, Disposition: CaseDisposition.Resolved, ClosedAt: { } closed } && now < closed + policy.Terms.ReopenWithin.Value;

    /// <summary>Whether a person is to be asked to open a closed case again, because somebody whom nothing proves says that it went on; once for each answer.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="open">The case.</param>
    /// <param name="earliest">The earliest time at which what is shown can have happened.</param>
    /// <param name="now">The time.</param>
    public static bool AsksToReopen(AbusePolicy policy, AbuseCase open, Instant earliest, Instant now) =>
        open.Phase == CasePhase.Closed && Reopens(policy, open, earliest, now) && !open.StepsTaken.Contains(ReopenStep(open));

    /// <summary>The step of the question whether a closed case is to be opened again.</summary>
    public static string ReopenStep(AbuseCase open) => $"{ToReopen}{open.Answers}";

    /// <summary>The rung of the ladder that a step belongs to; <see langword="null"/> for a step of no rung.</summary>
    public static Rung? RungOf(AbusePolicy policy, AbuseCase open, string step)
    {
        var name = step.TrimEnd('+', DoubtMark).Split('#', 2)[0];
        return policy.LadderOf(open.Kind).Rungs.FirstOrDefault(r => r.Name == name);
    }

    // Convinced (C4): lift, say so, close.
    private static List<Measure> Resolve(Ladder ladder, AbuseCase open)
    {
        const string reason = "The problem is resolved and will not recur.";
        var measures = new List<Measure>();
        if (!open.Blocks.IsEmpty)
            measures.Add(new Measure.LiftBlocks(reason) { Clause = ladder.Clause });
        var step = open.Reopenings == 0 ? "accepted" : $"accepted#{open.Reopenings}";
        measures.Add(new Measure.Notify(step, NoticeNames.Accepted, StartsClock: false) { Clause = ladder.Clause });
        measures.Add(new Measure.Close(CaseDisposition.Resolved, reason) { Clause = ladder.Clause });
        return measures;
    }

    private static string? StepDue(Rung rung, AbuseCase open, CaseFacts facts, Instant now)
    {
        if (rung.When == RungTrigger.Complaint)
            return facts.NewComplaint is { } report ? $"{rung.Name}#{report}" : null;

        var step = rung.When switch
        {
            RungTrigger.Opened => rung.Name,
            RungTrigger.Unanswered when open.Phase == CasePhase.AwaitingAnswer && now >= open.Due => $"{rung.Name}#{open.Round}",
            RungTrigger.Repeated when open.ComplaintsSinceAnswer > 0 => $"{rung.Name}#{open.Answers}",
            _ => null,
        };
        return step is null || open.StepsTaken.Contains(step) ? null : step;
    }

    private static void Take(
        AbusePolicy policy, AbuseCase open, Rung rung, string step, CaseFacts facts, Instant now, List<Measure> measures)
    {
        switch (rung.Measure)
        {
            // A charge is only ever proposed here: who confirms it, and from which facts, is decided on the desk (C3).
            case RungMeasure.Charge:
                if (ValidityRules.MayBeCharged(facts.Validity.Outcome))
                    measures.Add(new Measure.ProposeCharge(facts.NewComplaint!.Value, policy.Terms.ComplaintCharge.Value, facts.Validity) { Clause = rung.Clause });
                return;
            case RungMeasure.Notify when rung.Mode == RungMode.Auto:
                if (IsDoubted(open, rung, step, TrustLevel.Notice, measures))
                    return;
                measures.Add(new Measure.Notify(step, rung.Notice!, StartsClock: true) { Clause = rung.Clause });
                return;
            case RungMeasure.BlockAddress or RungMeasure.BlockCustomer or RungMeasure.BlockPort25:
                Block(policy, open, rung, step, facts, now, measures);
                return;
            case RungMeasure.Refer:
                measures.Add(new Measure.Ask(
                    step, QuestionFor(rung, open), "The policy names no measure for this. What follows is for a person to decide.") { Clause = rung.Clause });
                return;
            default:
                measures.Add(new Measure.Ask(step, QuestionFor(rung, open), "The policy asks an operator for this step.") { Clause = rung.Clause });
                return;
        }
    }

    private static void Block(
        AbusePolicy policy, AbuseCase open, Rung rung, string step, CaseFacts facts, Instant now, List<Measure> measures)
    {
        if (!open.Blocks.IsEmpty && rung.Measure != RungMeasure.BlockCustomer)
            return;

        var why = BlockRules.Decide(policy, BlockFactsFor(rung, facts)) switch
        {
            BlockVerdict.Never never => never.Why,
            BlockVerdict.AskFirst ask => ask.Why,
            _ when rung.Mode == RungMode.Ask => "The policy asks an operator for this step.",
            _ => null,
        };
        if (why is null)
        {
            if (!IsDoubted(open, rung, step, TrustLevel.Block, measures))
                PlaceBlock(policy, rung, step, facts, now, measures);
        }
        else
            measures.Add(new Measure.Ask(step, QuestionFor(rung, open), why) { Clause = rung.Clause });
    }

    // What the policy would do by itself, if only somebody vouched for the complaints.
    private static bool IsDoubted(AbuseCase open, Rung rung, string step, TrustLevel needed, List<Measure> measures)
    {
        var asked = step + DoubtMark;
        var isAsked = open.StepsTaken.Contains(asked);
        if (open.Trust >= needed)
        {
            if (isAsked)
                measures.Add(new Measure.Withdraw(asked, "What was reported since speaks for it.") { Clause = rung.Clause });
            return false;
        }

        if (!isAsked)
            measures.Add(new Measure.Ask(asked, QuestionFor(rung, open), WhyDoubted(open, needed)) { Clause = rung.Clause });
        return true;
    }

    private static string WhyDoubted(AbuseCase open, TrustLevel needed) => open is { Complaints: 0, Unvouched: 0 }
        ? "Sensors of ours saw it, but not so many, or not so clearly, that it needs no person."
        : needed == TrustLevel.Notice
        ? "Nobody vouches for the complaints: neither is it proved who sent them, nor do our own records show the message."
        : open.Witnesses.Count == 0
            ? "Nobody vouches for the complaints so far that a block needs no person: no reporter counts, and our own records do not show the message."
            : "Only one reporter vouches for it, and our own records do not show the message.";

    // The customer has had their say when the time is over, or when they have answered and a person has judged it.
    private static void ConfirmCharges(Ladder ladder, AbuseCase open, CaseFacts facts, List<Measure> measures)
    {
        if (open.Trust < TrustLevel.Charge || ladder.Rungs.FirstOrDefault(r => r is { Measure: RungMeasure.Charge, Mode: RungMode.Auto }) is not { } rung)
            return;
        measures.AddRange(facts.Confirmable.Select(c =>
            new Measure.ConfirmCharge(c, "Our own records show the message, and the time to answer is over.") { Clause = rung.Clause }));
    }

    private static void PlaceBlock(AbusePolicy policy, Rung rung, string step, CaseFacts facts, Instant now, List<Measure> measures)
    {
        var scope = rung.Measure == RungMeasure.BlockPort25 ? BlockScope.Port25 : BlockScope.All;
        var expiresAt = now + policy.Terms.BlockAtMost.Value;
        measures.Add(new Measure.PlaceBlock(step, scope, BlockFactsFor(rung, facts).Prefixes, expiresAt) { Clause = rung.Clause });
        if (rung.Notice is { } notice)
            measures.Add(new Measure.Notify($"{step}/notice", notice, StartsClock: false) { Clause = rung.Clause });
    }

    private static BlockFacts BlockFactsFor(Rung rung, CaseFacts facts) =>
        rung.Measure == RungMeasure.BlockAddress ? facts.AddressBlock : facts.CustomerBlock;

    // Only a clock that stands still is started: meanwhile the customer may have answered, or a notice may have arrived after all.
    private static List<Measure> StartClock(AbusePolicy policy, Ladder ladder, AbuseCase open, Instant now) =>
        open.Phase == CasePhase.Notifying ? [new Measure.StartClock(now + TimeToAnswer(policy, open)) { Clause = ladder.Clause }] : [];

    // Who nobody vouches for takes no answer away from the customer; but what may be true is not passed over.
    private static List<Measure> AskToReopen(Ladder ladder, AbuseCase open, CaseFacts facts) => open.StepsTaken.Contains(ReopenStep(open)) ? [] :
    [
        new Measure.Ask(
            ReopenStep(open),
            "Open the case again?",
            facts.NewComplaint is null
                ? "Sensors of ours saw it go on after the customer's answer, but not so clearly that it needs no person."
                : "A complaint that nobody vouches for says that it went on after the customer's answer.") { Clause = ladder.Clause },
    ];

    // D1: there must be a contact that can be reached. Until one is, no clock runs and nobody is blocked unheard.
    private static void AskAboutNotice(Ladder ladder, AbuseCase open, List<Measure> measures)
    {
        if (open.UndeliverableStep is not { } unheard || open.StepsTaken.Contains(Unheard + unheard))
            return;
        measures.Add(new Measure.Ask(
            Unheard + unheard,
            "Have you told the customer another way? The clock starts when you say so.",
            "No contact of the customer accepted the notice.") { Clause = ladder.Clause });
    }

    private static void TellOfReopening(Ladder ladder, AbuseCase open, List<Measure> measures)
    {
        var step = $"{Reopened}{open.Reopenings}";
        if (open.Reopenings > 0 && open.Phase == CasePhase.Notifying && !open.StepsTaken.Contains(step))
            measures.Add(new Measure.Notify(step, NoticeNames.Reopened, StartsClock: true) { Clause = ladder.Clause });
    }

    private static void AskAboutExpiry(Ladder ladder, AbuseCase open, CaseFacts facts, List<Measure> measures)
    {
        if (facts.ExpiredBlockStep is not { } expired)
            return;
        var step = $"{expired}+";
        if (!open.StepsTaken.Contains(step))
            measures.Add(new Measure.Ask(step, $"Block {open.Resource} again?", "The block ran out and the case is not resolved.") { Clause = ladder.Clause });
    }

    private static string QuestionFor(Rung rung, AbuseCase open) => rung.Measure switch
    {
        RungMeasure.Notify => "Send the notice?",
        RungMeasure.BlockAddress => $"Block {open.Resource}?",
        RungMeasure.BlockCustomer => "Block all addresses of the customer?",
        RungMeasure.BlockPort25 => "Block port 25 of all the customer's hosts?",
        RungMeasure.SuspendService => $"Suspend the service behind {open.Resource}?",
        RungMeasure.Refer => $"Have you spoken with the customer about {open.Resource}?",
        _ => "Take this step?",
    };
}
