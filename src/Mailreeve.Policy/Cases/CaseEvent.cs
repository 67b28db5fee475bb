using System.Text.Json.Serialization;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>Something that happened to a case. A case is the sequence of these; nothing about it is kept that they do not tell.</summary>
/// <remarks>Stored as JSON with the discriminators below: they never change their meaning, and a new fact gets a new case.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Opened), "opened")]
[JsonDerivedType(typeof(ComplaintAdded), "complaint-added")]
[JsonDerivedType(typeof(TrustJudged), "trust-judged")]
[JsonDerivedType(typeof(NoticeWritten), "notice-written")]
[JsonDerivedType(typeof(NoticeAccepted), "notice-accepted")]
[JsonDerivedType(typeof(NoticeReturned), "notice-returned")]
[JsonDerivedType(typeof(NoticeUndeliverable), "notice-undeliverable")]
[JsonDerivedType(typeof(DeadlinePassed), "deadline-passed")]
[JsonDerivedType(typeof(Answered), "answered")]
[JsonDerivedType(typeof(AnswerAccepted), "answer-accepted")]
[JsonDerivedType(typeof(AnswerRefused), "answer-refused")]
[JsonDerivedType(typeof(DeadlineExtended), "deadline-extended")]
[JsonDerivedType(typeof(BlockPlaced), "block-placed")]
[JsonDerivedType(typeof(ServiceSuspended), "service-suspended")]
[JsonDerivedType(typeof(BlockEnded), "block-ended")]
[JsonDerivedType(typeof(ChargeProposed), "charge-proposed")]
[JsonDerivedType(typeof(ChargeDecided), "charge-decided")]
[JsonDerivedType(typeof(DecisionAsked), "decision-asked")]
[JsonDerivedType(typeof(DecisionMade), "decision-made")]
[JsonDerivedType(typeof(DecisionWithdrawn), "decision-withdrawn")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(Reopened), "reopened")]
[JsonDerivedType(typeof(ReopenedByPerson), "reopened-by-person")]
[JsonDerivedType(typeof(ReopenedByDetections), "reopened-by-detections")]
[JsonDerivedType(typeof(ListwashingSeen), "listwashing-seen")]
[JsonDerivedType(typeof(RelayProven), "relay-proven")]
[JsonDerivedType(typeof(RelayClosed), "relay-closed")]
[JsonDerivedType(typeof(Detected), "detected")]
[JsonDerivedType(typeof(PostmasterUnread), "postmaster-unread")]
[JsonDerivedType(typeof(PostmasterSettled), "postmaster-settled")]
public abstract record CaseEvent
{
    private CaseEvent()
    {
    }

    /// <summary>The case began. Always the first event, and only the first.</summary>
    /// <param name="Customer">Who answers for it: the provider's direct customer (C2).</param>
    /// <param name="Downstream">The customer's customer whose resource it is; null when it is the customer's own.</param>
    /// <param name="CaseKind">What it alleges.</param>
    /// <param name="Resource">What it is about.</param>
    /// <param name="Type">XARF v4 <c>category/type</c>.</param>
    public sealed record Opened(CustomerId Customer, CustomerId? Downstream, CaseKind CaseKind, Resource Resource, string Type) : CaseEvent;

    /// <summary>A report alleged a breach (again).</summary>
    /// <param name="Report">The report.</param>
    /// <param name="Event">Its observation about this resource.</param>
    /// <param name="IsNewReporter">Whether this reporter had not complained in this case before.</param>
    /// <param name="IsRepeat">Whether the same reporter already sent the same evidence: it is kept, but it is no further complaint.</param>
    /// <param name="IsVouched">Whether enough speaks for it to tell the customer; what nobody vouches for is kept, and does not count either.</param>
    public sealed record ComplaintAdded(ReportId Report, EventId Event, bool IsNewReporter, bool IsRepeat, bool IsVouched = true) : CaseEvent
    {
        /// <summary>
        /// Whether what it shows may be from before the customer's last answer, so that it tells nothing new. A report that does not say
        /// when is taken in the customer's favour.
        /// </summary>
        public bool IsOld { get; init; }
    }

    /// <summary>A complaint changed how far the complaints of the case are trusted, or was the first.</summary>
    /// <param name="Report">The report.</param>
    /// <param name="Level">The highest measure that may happen by itself from now on.</param>
    /// <param name="Points">What speaks for it.</param>
    /// <param name="Reasons">Why.</param>
    /// <param name="Witnesses">Numbers of the organisations that count as independent reporters.</param>
    /// <param name="IsConfirmed">Whether our own records show a message of the case.</param>
    public sealed record TrustJudged(
        ReportId Report, TrustLevel Level, long Points, IReadOnlyList<TrustReason> Reasons, IReadOnlyList<long> Witnesses, bool IsConfirmed) : CaseEvent;

    /// <summary>The customer is to be told; the notice waits for delivery.</summary>
    /// <param name="Step">The step this notice belongs to; one notice for one step.</param>
    /// <param name="Template">The text, a file of <c>policy/notices</c>.</param>
    /// <param name="StartsClock">Whether the time to answer begins when it is accepted.</param>
    public sealed record NoticeWritten(string Step, string Template, bool StartsClock) : CaseEvent;

    /// <summary>A mail server took responsibility for the notice.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Notice">Which of its attempts (contacts) it was.</param>
    /// <param name="AcceptedAt">When.</param>
    /// <param name="Due">End of the time to answer, when this notice starts the clock.</param>
    public sealed record NoticeAccepted(string Step, NoticeId Notice, Instant AcceptedAt, Instant? Due) : CaseEvent;

    /// <summary>A notice that had been accepted came back. The next contact is tried.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Notice">Which of its attempts (contacts) it was.</param>
    /// <param name="Reason">What the other side said.</param>
    /// <param name="StartsClock">Whether the time to answer began with it; then it begins anew when the next contact's is accepted.</param>
    public sealed record NoticeReturned(string Step, NoticeId Notice, string Reason, bool StartsClock) : CaseEvent;

    /// <summary>No contact of the customer could be reached. The clock does not run.</summary>
    public sealed record NoticeUndeliverable(string Step, string Reason) : CaseEvent;

    /// <summary>The time to answer ended without an answer that stands.</summary>
    public sealed record DeadlinePassed : CaseEvent;

    /// <summary>The customer answered: what was resolved, and what prevents it from happening again.</summary>
    public sealed record Answered(ResponseId Response) : CaseEvent;

    /// <summary>An operator is convinced (C4).</summary>
    public sealed record AnswerAccepted(ResponseId Response, string Reason) : CaseEvent;

    /// <summary>An operator is not convinced (C4); the customer may answer again until <paramref name="Due"/>.</summary>
    public sealed record AnswerRefused(ResponseId Response, string Reason, Instant Due) : CaseEvent;

    /// <summary>An operator gave more time.</summary>
    public sealed record DeadlineExtended(Instant Due, string Reason) : CaseEvent;

    /// <summary>A block took effect.</summary>
    public sealed record BlockPlaced(BlockId Block, string Target, string Step, Instant ExpiresAt) : CaseEvent;

    /// <summary>A block suspends a mailbox or a service.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Target">What, in words: "mailbox info@shop.example".</param>
    /// <param name="Step">The step of the ladder.</param>
    /// <param name="ExpiresAt">When it ends unless it is renewed.</param>
    public sealed record ServiceSuspended(BlockId Block, string Target, string Step, Instant ExpiresAt) : CaseEvent;

    /// <summary>A block is over.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Expired">Whether it ran out rather than being lifted.</param>
    /// <param name="Reason">Why it was lifted.</param>
    public sealed record BlockEnded(BlockId Block, bool Expired, string Reason) : CaseEvent;

    /// <summary>A charge was proposed for one complaint (C3).</summary>
    public sealed record ChargeProposed(ChargeId Charge, ReportId Report, Money Amount) : CaseEvent;

    /// <summary>An operator confirmed or voided a charge.</summary>
    public sealed record ChargeDecided(ChargeId Charge, bool Confirmed, string Reason) : CaseEvent;

    /// <summary>A person must decide before the case goes on.</summary>
    /// <param name="Decision">The question on the desk.</param>
    /// <param name="Step">The step of the ladder it is about.</param>
    /// <param name="Why">Why the program does not decide it.</param>
    public sealed record DecisionAsked(DecisionId Decision, string Step, string Why) : CaseEvent;

    /// <summary>A person decided.</summary>
    public sealed record DecisionMade(DecisionId Decision, string Step, bool Accepted, string Reason) : CaseEvent;

    /// <summary>A question need not be decided any more: what it waited for has come.</summary>
    public sealed record DecisionWithdrawn(DecisionId Decision, string Step, string Reason) : CaseEvent;

    /// <summary>New evidence, from after the customer's answer: the case goes on, with less time to answer.</summary>
    /// <param name="Report">The report that brought it.</param>
    /// <param name="Earliest">The earliest time at which it can have happened.</param>
    public sealed record Reopened(ReportId Report, Instant Earliest) : CaseEvent;

    /// <summary>A person opened the case again.</summary>
    public sealed record ReopenedByPerson(string Reason) : CaseEvent;

    /// <summary>Sensors of ours saw the attack go on after the customer's answer: the case goes on, with less time to answer.</summary>
    /// <param name="Earliest">When what they saw since began.</param>
    public sealed record ReopenedByDetections(Instant Earliest) : CaseEvent;

    /// <summary>It looks as if only those who complained were taken off a list.</summary>
    /// <param name="Step">Names the answer that it followed, so that it is told once for each.</param>
    /// <param name="Report">The report that showed it.</param>
    /// <param name="Facts">What it is concluded from; names nobody.</param>
    public sealed record ListwashingSeen(string Step, ReportId Report, string Facts) : CaseEvent;

    /// <summary>A test of ours has proved that the server relays (C7). Nobody need vouch for what we have seen ourselves.</summary>
    /// <param name="Run">The run of tests.</param>
    /// <param name="Facts">Which test it was, and where the message came out.</param>
    public sealed record RelayProven(long Run, string Facts) : CaseEvent;

    /// <summary>A whole run of tests has found the server closed: what C7 asks for is proved.</summary>
    /// <param name="Run">The run of tests.</param>
    public sealed record RelayClosed(long Run) : CaseEvent;

    /// <summary>Sensors of ours saw the address attack (C5).</summary>
    /// <param name="Level">The highest measure that may happen by itself for what they saw.</param>
    /// <param name="Points">What speaks for it.</param>
    /// <param name="Facts">How many sensors, what and when; names none of them.</param>
    public sealed record Detected(TrustLevel Level, long Points, string Facts) : CaseEvent
    {
        /// <summary>Whether all of it is from after the customer's last answer, and enough to tell them: that it went on is shown.</summary>
        public bool WentOn { get; init; }
    }

    /// <summary>A check of ours found that postmaster@ of the domain refuses mail, or that nobody answered what was sent there (C7).</summary>
    /// <param name="IsRefused">Whether mail is refused; otherwise it is taken, and nobody has answered in time.</param>
    /// <param name="Facts">What was found.</param>
    /// <param name="Transcript">What was said to its servers and by them; the domain's next check has another.</param>
    public sealed record PostmasterUnread(bool IsRefused, string Facts, string Transcript) : CaseEvent;

    /// <summary>What C7 asks for is there again, or is not asked of this customer any more.</summary>
    /// <param name="IsRead">Whether a person has answered; otherwise the domain is not checked any more.</param>
    /// <param name="Facts">Why.</param>
    public sealed record PostmasterSettled(bool IsRead, string Facts) : CaseEvent;

    /// <summary>The case is over.</summary>
    public sealed record Closed(CaseDisposition Disposition, string Reason) : CaseEvent;
}

/// <summary>How a case ended.</summary>
public enum CaseDisposition
{
    /// <summary>The customer resolved the problem and prevents it from recurring.</summary>
    Resolved,

    /// <summary>The complaint was not justified.</summary>
    Unfounded,
}
