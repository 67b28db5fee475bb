using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Scenarios;

/// <summary>A story about one case: what happens when, and what the policy requires then. Read from <c>policy/scenarios</c>.</summary>
public sealed record Scenario
{
    /// <summary>File name, for messages.</summary>
    public required string File { get; init; }

    /// <summary>What it shows, as a sentence.</summary>
    public required string Title { get; init; }

    /// <summary>The kind of case.</summary>
    public required CaseKind Kind { get; init; }

    /// <summary>The address the case is about; a domain when it is about a postmaster.</summary>
    public required string Resource { get; init; }

    /// <summary>What blocking that address would mean.</summary>
    public required BlockFacts AddressBlock { get; init; }

    /// <summary>What blocking the whole customer would mean.</summary>
    public required BlockFacts CustomerBlock { get; init; }

    /// <summary>What happens, in order of time.</summary>
    public required IReadOnlyList<ScenarioStep> Steps { get; init; }
}

/// <summary>One moment of a story.</summary>
/// <param name="At">Since the story began.</param>
/// <param name="Happened">What happens.</param>
/// <param name="Rung">Which question is decided, for <see cref="ScenarioEvent.Confirmed"/> and <see cref="ScenarioEvent.Declined"/>.</param>
/// <param name="Time">How much time is given, for <see cref="ScenarioEvent.MoreTime"/>.</param>
/// <param name="Expect">The measures that must follow, in words; empty when nothing must.</param>
/// <param name="Line">Where it stands in the file.</param>
/// <param name="Column">Where it stands in its line.</param>
public sealed record ScenarioStep(
    Duration At, ScenarioEvent Happened, string? Rung, Duration? Time, IReadOnlyList<string> Expect, int Line, int Column)
{
    /// <summary>
    /// How far the complaints are trusted from then on, for a complaint; null when that stays as it was. The first one may lead to a block. For
    /// <see cref="ScenarioEvent.Detected"/>: what may follow from what was seen alone; null for telling the customer, as one sensor may that saw a connection.
    /// </summary>
    public TrustLevel? Trust { get; init; }
}

/// <summary>What can happen in a story.</summary>
public enum ScenarioEvent
{
    /// <summary>A complaint; the first one opens the case.</summary>
    Complaint,

    /// <summary>Sensors of ours see it, since the last answer if there is one; what they see first opens the case.</summary>
    Detected,

    /// <summary>The same reporter sends the same evidence again.</summary>
    SameComplaint,

    /// <summary>A check of ours found what the case is about, an open relay or a postmaster that is not read; the first one opens the case.</summary>
    CheckFailed,

    /// <summary>A check of ours found that it is over.</summary>
    CheckPassed,

    /// <summary>A mail server accepted the oldest notice that waits.</summary>
    NoticeAccepted,

    /// <summary>The notice that was accepted last came back; it waits again, for the next contact.</summary>
    NoticeReturned,

    /// <summary>No contact accepted the oldest notice that waits.</summary>
    NoticeUndeliverable,

    /// <summary>The customer answers.</summary>
    Answered,

    /// <summary>An operator accepts the answer.</summary>
    AnswerAccepted,

    /// <summary>An operator does not; the time to answer begins anew.</summary>
    AnswerRefused,

    /// <summary>An operator gives more time.</summary>
    MoreTime,

    /// <summary>The oldest block runs out.</summary>
    BlockExpired,

    /// <summary>An operator says yes to a question.</summary>
    Confirmed,

    /// <summary>An operator says no to a question.</summary>
    Declined,

    /// <summary>Nothing; only time passes.</summary>
    TimePasses,
}
