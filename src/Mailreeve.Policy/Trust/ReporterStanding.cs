namespace Mailreeve.Policy.Trust;

/// <summary>What an operator thinks of a reporter's domain.</summary>
public enum ReporterStanding
{
    /// <summary>Nobody has said anything.</summary>
    Unknown,

    /// <summary>Its word counts for more. It still does not block anybody alone.</summary>
    Trusted,

    /// <summary>Its word starts nothing.</summary>
    Ignored,

    /// <summary>It runs a feedback loop: what it sends are clicks of its users.</summary>
    FeedbackLoop,
}

/// <summary>How a reporter's complaints were decided.</summary>
/// <param name="Valid">Found valid: the charge was confirmed, or the customer's answer admitted it and was accepted.</param>
/// <param name="Invalid">Found invalid: the charge was voided, or the case closed as unfounded.</param>
public readonly record struct ReporterHistory(long Valid, long Invalid)
{
    /// <summary>How many were decided.</summary>
    public long Decided => Valid + Invalid;
}
