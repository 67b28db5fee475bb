using NodaTime;

namespace Mailreeve.Policy.Sending;

/// <summary>How much customers may send before a person looks at it. The document is silent on all of these: they are ours (C1).</summary>
public sealed record SendingTerms
{
    /// <summary>Messages that a mailbox may send within any hour.</summary>
    public required Term<long> MessagesPerHour { get; init; }

    /// <summary>Recipients that a mailbox may write to within any 24 hours; one who gets three messages counts three times.</summary>
    public required Term<long> RecipientsPerDay { get; init; }

    /// <summary>Recipients that a mailbox may write to for the first time within any 24 hours.</summary>
    public required Term<long> FirstRecipientsPerDay { get; init; }

    /// <summary>What one mailbox may send, all of a customer together may send so many times.</summary>
    public required Term<long> CustomerTimes { get; init; }

    /// <summary>How long an account counts as new.</summary>
    public required Term<Duration> NewFor { get; init; }

    /// <summary>A new account may send what others may, divided by this.</summary>
    public required Term<long> NewDividedBy { get; init; }

    /// <summary>Messages that are kept under one hold; what comes after is put off.</summary>
    public required Term<long> HeldAtMost { get; init; }

    /// <summary>Recipients above which a message, or several with the same text within 24 hours, count as bulk mail.</summary>
    public required Term<long> BulkAbove { get; init; }
}
