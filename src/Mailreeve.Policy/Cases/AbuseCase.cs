using System.Collections.Immutable;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>The state of a case: the fold of its events. Immutable; <see cref="Apply"/> gives the next one.</summary>
public sealed record AbuseCase
{
    /// <summary>Its number.</summary>
    public required CaseId Id { get; init; }

    /// <summary>How many events it has; the optimistic lock of whoever writes the next one.</summary>
    public long Version { get; init; }

    /// <summary>Who answers for it (C2).</summary>
    public CustomerId Customer { get; init; }

    /// <summary>The customer's customer whose resource it is.</summary>
    public CustomerId? Downstream { get; init; }

    /// <summary>What it alleges.</summary>
    public CaseKind Kind { get; init; }

    /// <summary>What it is about.</summary>
    public Resource Resource { get; init; } = new(ResourceKind.Address, "");

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public CasePhase Phase { get; init; } = CasePhase.Notifying;

    /// <summary>When it was opened.</summary>
    public Instant OpenedAt { get; init; }

    /// <summary>End of the time to answer; null while no clock runs.</summary>
    public Instant? Due { get; init; }

    /// <summary>Complaints that count, without repeats by the same reporter.</summary>
    public long Complaints { get; init; }

    /// <summary>Distinct reporters.</summary>
    public long Reporters { get; init; }

    /// <summary>Complaints that nobody vouches for. They count nowhere else.</summary>
    public long Unvouched { get; init; }

    /// <summary>The highest measure that may happen by itself.</summary>
    public TrustLevel Trust { get; init; } = TrustLevel.Notice;

    /// <summary>Numbers of the organisations that count as independent reporters.</summary>
    public ImmutableSortedSet<long> Witnesses { get; init; } = [];

    /// <summary>Whether our own records show a message of it.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>Whether a notice was written to the customer. Before that the case is none of their business: it may be nothing.</summary>
    public bool IsTold { get; init; }

    /// <summary>Whether a person must look before the customer hears of it.</summary>
    public bool IsDoubtful => !IsTold && Trust == TrustLevel.Nothing && Phase != CasePhase.Closed;

    /// <summary>Complaints about what came after the customer's last answer; 1 or more when sensors of ours have seen that it went on.</summary>
    public long ComplaintsSinceAnswer { get; init; }

    /// <summary>Answers the customer has given.</summary>
    public long Answers { get; init; }

    /// <summary>When the customer last answered.</summary>
    public Instant? AnsweredAt { get; init; }

    /// <summary>When it was closed; null while it is open.</summary>
    public Instant? ClosedAt { get; init; }

    /// <summary>How often new evidence has opened it again.</summary>
    public long Reopenings { get; init; }

    /// <summary>How often the clock was set anew: by a refused answer, by more time, by a notice that came back after its end.</summary>
    public long Round { get; init; }

    /// <summary>The last <see cref="Round"/> whose end was noted, so that it is noted once; -1 for none.</summary>
    public long OverdueHandledRound { get; init; } = -1;

    /// <summary>The answer that waits for an operator, or was accepted.</summary>
    public ResponseId? Response { get; init; }

    /// <summary>Blocks in force for this case.</summary>
    public ImmutableSortedSet<long> Blocks { get; init; } = [];

    /// <summary>The step whose notice reached nobody, so that no clock runs; null while none is in that state.</summary>
    public string? UndeliverableStep { get; init; }

    /// <summary>Steps that were taken or asked for, as <see cref="CaseRules"/> names them: none is taken twice.</summary>
    public ImmutableSortedSet<string> StepsTaken { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Questions on the desk; those that are left when the case is closed are withdrawn.</summary>
    public ImmutableSortedSet<long> OpenDecisions { get; init; } = [];

    /// <summary>How it ended; null while it is open.</summary>
    public CaseDisposition? Disposition { get; init; }

    /// <summary>The state after one more event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="at">When.</param>
    public AbuseCase Apply(CaseEvent happened, Instant at) => Fold(happened, at) with { Version = Version + 1 };

    private AbuseCase Fold(CaseEvent happened, Instant at) => happened switch
    {
        // What ended stays ended: a word that came too late is on record and opens nothing.
        CaseEvent.Answered or CaseEvent.AnswerAccepted or CaseEvent.AnswerRefused or CaseEvent.DeadlineExtended or CaseEvent.Closed
            or CaseEvent.RelayProven or CaseEvent.RelayClosed or CaseEvent.Detected or CaseEvent.PostmasterUnread or CaseEvent.PostmasterSettled
            when Phase == CasePhase.Closed => this,
        CaseEvent.Opened e => this with
        {
            Customer = e.Customer,
            Downstream = e.Downstream,
            Kind = e.CaseKind,
            Resource = e.Resource,
            Type = e.Type,
            OpenedAt = at,
        },
        CaseEvent.ComplaintAdded { IsRepeat: true } => this,
        CaseEvent.ComplaintAdded { IsVouched: false } => this with { Unvouched = Unvouched + 1 },
        CaseEvent.ComplaintAdded e => this with
        {
            Complaints = Complaints + 1,
            Reporters = Reporters + (e.IsNewReporter ? 1 : 0),
            ComplaintsSinceAnswer = Answers == 0 || e.IsOld ? ComplaintsSinceAnswer : ComplaintsSinceAnswer + 1,
        },
        CaseEvent.TrustJudged e => this with { Trust = e.Level, Witnesses = [.. e.Witnesses], IsConfirmed = e.IsConfirmed },
        CaseEvent.NoticeWritten e => this with { StepsTaken = StepsTaken.Add(e.Step), IsTold = true },
        CaseEvent.NoticeAccepted { Due: { } due } when Phase == CasePhase.Notifying =>
            this with { Phase = CasePhase.AwaitingAnswer, Due = due, UndeliverableStep = null },
        CaseEvent.NoticeAccepted => this,
        // Whoever has answered, or was blocked, has heard of it. A clock that had run out already starts another round.
        // That it is open again is news to those who have answered, too.
        CaseEvent.NoticeReturned { StartsClock: true } e when Phase == CasePhase.AwaitingAnswer && Blocks.IsEmpty
            && (Answers == 0 || e.Step.StartsWith(CaseRules.Reopened, StringComparison.Ordinal)) =>
            this with { Phase = CasePhase.Notifying, Due = null, Round = Math.Max(Round, OverdueHandledRound + 1) },
        CaseEvent.NoticeReturned => this,
        CaseEvent.NoticeUndeliverable e when Phase == CasePhase.Notifying => this with { UndeliverableStep = e.Step },
        CaseEvent.NoticeUndeliverable => this,
        CaseEvent.DeadlinePassed => this with { OverdueHandledRound = Round },
        CaseEvent.Answered e => this with
        {
            Phase = CasePhase.InReview,
            Due = null,
            Response = e.Response,
            Answers = Answers + 1,
            AnsweredAt = at,
            ComplaintsSinceAnswer = 0,
        },
        CaseEvent.AnswerAccepted => this with { Phase = CasePhase.Resolving },
        CaseEvent.AnswerRefused e => this with { Phase = CasePhase.AwaitingAnswer, Due = e.Due, Round = Round + 1, Response = null },
        CaseEvent.DeadlineExtended e => this with { Phase = CasePhase.AwaitingAnswer, Due = e.Due, Round = Round + 1 },
        CaseEvent.BlockPlaced e => this with { Blocks = Blocks.Add(e.Block.Value), StepsTaken = StepsTaken.Add(e.Step) },
        CaseEvent.ServiceSuspended e => this with { Blocks = Blocks.Add(e.Block.Value), StepsTaken = StepsTaken.Add(e.Step) },
        CaseEvent.BlockEnded e => this with { Blocks = Blocks.Remove(e.Block.Value) },
        CaseEvent.ChargeProposed or CaseEvent.ChargeDecided => this,
        CaseEvent.DecisionAsked e => this with { OpenDecisions = OpenDecisions.Add(e.Decision.Value), StepsTaken = StepsTaken.Add(e.Step) },
        // A person's no to a step that only wanted trust stands, whoever vouches for it later.
        CaseEvent.DecisionMade { Accepted: false } e => this with
        {
            OpenDecisions = OpenDecisions.Remove(e.Decision.Value),
            StepsTaken = StepsTaken.Add(e.Step.TrimEnd(CaseRules.DoubtMark)),
        },
        CaseEvent.DecisionMade e => this with { OpenDecisions = OpenDecisions.Remove(e.Decision.Value) },
        CaseEvent.DecisionWithdrawn e => this with { OpenDecisions = OpenDecisions.Remove(e.Decision.Value) },
        CaseEvent.Closed e => this with { Phase = CasePhase.Closed, Due = null, Disposition = e.Disposition, ClosedAt = at, OpenDecisions = [] },
        CaseEvent.Reopened or CaseEvent.ReopenedByPerson => Again(),
        // The answer spoke to what had been seen before it. What was seen since bears by itself what follows.
        CaseEvent.ReopenedByDetections => Again() with { Trust = TrustLevel.Nothing },
        CaseEvent.ListwashingSeen e => this with { StepsTaken = StepsTaken.Add(e.Step) },
        CaseEvent.RelayProven => this with { Trust = Trust < TrustLevel.Block ? TrustLevel.Block : Trust, IsConfirmed = true },
        CaseEvent.PostmasterUnread => this with { IsConfirmed = true },
        CaseEvent.RelayClosed or CaseEvent.PostmasterSettled => this with { Phase = CasePhase.Resolving, Due = null },
        // What opens the case says how far it is trusted; later it can only be more.
        CaseEvent.Detected e => this with
        {
            Trust = Version <= 1 || e.Level > Trust ? e.Level : Trust,
            ComplaintsSinceAnswer = Answers > 0 && e.WentOn ? Math.Max(ComplaintsSinceAnswer, 1) : ComplaintsSinceAnswer,
        },
        _ => throw new System.Diagnostics.UnreachableException($"No fold for {happened.GetType().Name}."),
    };

    private AbuseCase Again() => this with
    {
        Phase = CasePhase.Notifying,
        Due = null,
        Disposition = null,
        ClosedAt = null,
        Response = null,
        UndeliverableStep = null,
        Reopenings = Reopenings + 1,
        // The end of the time is noted once for each round: this is another one.
        Round = Math.Max(Round, OverdueHandledRound + 1),
    };
}

/// <summary>Where a case stands.</summary>
public enum CasePhase
{
    /// <summary>The notice was not yet accepted for delivery; no clock runs.</summary>
    Notifying,

    /// <summary>The clock runs, or has run out.</summary>
    AwaitingAnswer,

    /// <summary>The customer has answered; an operator decides.</summary>
    InReview,

    /// <summary>The answer was accepted; blocks are being lifted.</summary>
    Resolving,

    /// <summary>Over.</summary>
    Closed,
}
