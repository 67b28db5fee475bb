using NodaTime;

namespace Mailreeve.Policy.Trust;

/// <summary>How much must speak for complaints before something happens by itself. The document is silent on all of these: they are ours (C4).</summary>
public sealed record TrustTerms
{
    /// <summary>Points from which on the customer is told, and the clock starts, without a person.</summary>
    public required Term<long> NoticeAt { get; init; }

    /// <summary>Points from which on a block may be placed without a person; whatever the points, it needs <see cref="ReportersToBlock"/> or our own records.</summary>
    public required Term<long> BlockAt { get; init; }

    /// <summary>Reporters independent of one another, 2 or more, that a block without a person takes when our own records do not show the message.</summary>
    public required Term<long> ReportersToBlock { get; init; }

    /// <summary>What happened longer ago than this, counted back from the report, no longer leads to anything by itself.</summary>
    public required Term<Duration> EvidenceFresh { get; init; }

    /// <summary>Per cent of a reporter's decided complaints that may have been invalid; beyond that its word alone starts nothing.</summary>
    public required Term<long> InvalidAtMost { get; init; }

    /// <summary>Complaints in a feedback loop for each 10,000 messages sent, beyond which the customer is told.</summary>
    public required Term<long> FeedbackRate { get; init; }

    /// <summary>Complaints in a feedback loop below which no rate is made of them: one click among three messages is no rate.</summary>
    public required Term<long> FeedbackAtLeast { get; init; }

    /// <summary>The time over which complaints in a feedback loop and messages are counted.</summary>
    public required Term<Duration> FeedbackWindow { get; init; }
}
