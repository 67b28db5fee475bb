namespace Mailreeve.Policy.Sending;

/// <summary>What <see cref="SendingRules"/> says about a message.</summary>
public abstract record SendingVerdict
{
    private SendingVerdict()
    {
    }

    /// <summary>It goes out.</summary>
    /// <param name="IsCounted">Whether it counts towards the limits.</param>
    public sealed record Accept(bool IsCounted) : SendingVerdict;

    /// <summary>It trips a limit: it is held, and so is what this sender sends from now on.</summary>
    /// <param name="Reason">Which limit.</param>
    /// <param name="Count">What it would have come to with this message.</param>
    /// <param name="Limit">What is allowed.</param>
    /// <param name="Clause">Where the policy says so.</param>
    public sealed record Hold(HoldReason Reason, long Count, long Limit, ClauseId Clause) : SendingVerdict
    {
        /// <summary>Recipients without permission, for <see cref="HoldReason.BulkWithoutPermission"/>.</summary>
        public long WithoutPermission { get; init; }

        /// <summary>The figures as a sentence.</summary>
        public string Detail => Reason switch
        {
            HoldReason.MessagesPerHour => $"{Count} messages within an hour; {Limit} are allowed.",
            HoldReason.RecipientsPerDay => $"{Count} recipients within 24 hours; {Limit} are allowed.",
            HoldReason.FirstRecipientsPerDay => $"{Count} recipients for the first time within 24 hours; {Limit} are allowed.",
            _ => $"The same text to {Count} recipients within 24 hours; above {Limit} each must have given permission, and {WithoutPermission} of the last message's have not.",
        };
    }

    /// <summary>A hold stands already, and it is kept with the others.</summary>
    public sealed record Held : SendingVerdict;

    /// <summary>A hold stands, and as many are kept as may be: it is put off until a person has decided.</summary>
    /// <param name="Clause">Where the policy says so.</param>
    public sealed record Defer(ClauseId Clause) : SendingVerdict;
}

/// <summary>Why a sender's mail is held.</summary>
public enum HoldReason
{
    /// <summary>Too many messages within an hour.</summary>
    MessagesPerHour,

    /// <summary>Too many recipients within a day.</summary>
    RecipientsPerDay,

    /// <summary>Too many recipients within a day who were never written to before: what a hijacked account does.</summary>
    FirstRecipientsPerDay,

    /// <summary>Bulk mail, and not every recipient has given permission.</summary>
    BulkWithoutPermission,
}
