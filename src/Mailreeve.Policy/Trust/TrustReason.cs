namespace Mailreeve.Policy.Trust;

/// <summary>What speaks for a complaint or against it. Stored with the case; the words never change their meaning.</summary>
public enum TrustReason
{
    /// <summary>Nothing proves who sent the report.</summary>
    NotAuthentic,

    /// <summary>It is proved whose report it is.</summary>
    Authentic,

    /// <summary>An operator trusts the reporter.</summary>
    TrustedReporter,

    /// <summary>An operator has said that the reporter's word starts nothing.</summary>
    IgnoredReporter,

    /// <summary>The reporter's complaints were valid so far.</summary>
    GoodHistory,

    /// <summary>Too many of the reporter's complaints were invalid.</summary>
    BadHistory,

    /// <summary>Reporters that have nothing to do with one another complain.</summary>
    IndependentReporters,

    /// <summary>Anybody gets a mailbox in that domain: all such reporters count as one.</summary>
    SharedDomain,

    /// <summary>Somebody else brought the same evidence before.</summary>
    SameEvidence,

    /// <summary>It happened too long ago.</summary>
    OldEvidence,

    /// <summary>The report does not say when it happened.</summary>
    NoTime,

    /// <summary>Our own records show that the customer sent this very message, and that it came to the reporter from us.</summary>
    OwnRecords,

    /// <summary>Our own records know the message, but not all of it was shown, or it did not come to the reporter from us.</summary>
    OwnRecordsInPart,

    /// <summary>The source of such an attack is easily forged.</summary>
    EasilyForged,

    /// <summary>A click in a feedback loop: it counts towards a rate.</summary>
    FeedbackLoop,

    /// <summary>There are more clicks in feedback loops than the customer's mail allows.</summary>
    FeedbackRate,
}

/// <summary>The reasons in words.</summary>
public static class TrustWords
{
    /// <summary>A reason as an operator reads it; nothing in it names a reporter.</summary>
    public static string Of(TrustReason reason) => reason switch
    {
        TrustReason.NotAuthentic => "nothing proves who sent the report",
        TrustReason.Authentic => "the reporter's domain is proved",
        TrustReason.TrustedReporter => "an operator trusts the reporter",
        TrustReason.IgnoredReporter => "an operator has said that this reporter's word starts nothing",
        TrustReason.GoodHistory => "the reporter's complaints were valid so far",
        TrustReason.BadHistory => "too many of the reporter's complaints were invalid",
        TrustReason.IndependentReporters => "reporters independent of one another complain",
        TrustReason.SharedDomain => "anybody gets a mailbox where the reporter has one, so all of those count as one reporter",
        TrustReason.SameEvidence => "another reporter brought the same evidence before",
        TrustReason.OldEvidence => "it happened too long ago",
        TrustReason.NoTime => "the report does not say when it happened",
        TrustReason.OwnRecords => "our own records show that the customer sent this very message",
        TrustReason.OwnRecordsInPart => "our own records know the message, but it was not shown in full, or did not come from our servers",
        TrustReason.EasilyForged => "the source of such an attack is easily forged",
        TrustReason.FeedbackLoop => "it is a click in a feedback loop",
        _ => "there are more clicks in feedback loops than the customer's mail allows",
    };

    /// <summary>Reasons as one sentence; empty for none.</summary>
    public static string Of(IReadOnlyList<TrustReason> reasons) =>
        reasons.Count == 0 ? "" : $"{string.Join("; ", reasons.Select(Of))}.";

    /// <summary>What may happen by itself, in words.</summary>
    public static string Of(TrustLevel level) => level switch
    {
        TrustLevel.Nothing => "nothing",
        TrustLevel.Notice => "a notice",
        TrustLevel.Block => "a block",
        _ => "a charge",
    };
}
