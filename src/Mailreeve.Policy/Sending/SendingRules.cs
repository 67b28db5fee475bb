using NodaTime;

namespace Mailreeve.Policy.Sending;

/// <summary>Whether a customer's message goes out, is held for a person to look at, or is put off (C1). Pure.</summary>
/// <remarks>
/// A limit never refuses: what trips it is held, for it may be a birthday as well as a hijacked account. Only when more is held than a
/// person can look through is the rest put off, and then it stays where it comes from.
/// </remarks>
public static class SendingRules
{
    /// <summary>The window of messages.</summary>
    public static readonly Duration Hour = Duration.FromHours(1);

    /// <summary>The window of recipients and of bulk mail.</summary>
    public static readonly Duration Day = Duration.FromHours(24);

    // Attempts that are answered without a pause.
    private const long PutOffAtOnce = 4;

    /// <summary>The verdict.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="counts">What this sender has sent, without the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="now">The time.</param>
    public static SendingVerdict Decide(SendingTerms terms, SendingCounts counts, SendingMessage message, Instant now)
    {
        if (counts.Held is { } held)
            return UnderHold(terms, held);
        // Everyone on the list has agreed: how many they are says nothing against it.
        if (message is { ListId: not null, WithoutPermission: 0 })
            return new SendingVerdict.Accept(IsCounted: false);

        if (counts.SameTextRecipientsInDay + message.Recipients is { } sameText && sameText > terms.BulkAbove.Value)
            return Hold(HoldReason.BulkWithoutPermission, sameText, terms.BulkAbove) with { WithoutPermission = message.WithoutPermission };

        return Exceeded(HoldReason.MessagesPerHour, counts.MessagesInHour + 1, terms.MessagesPerHour, terms, counts, now)
            ?? Exceeded(HoldReason.RecipientsPerDay, counts.RecipientsInDay + message.Recipients, terms.RecipientsPerDay, terms, counts, now)
            ?? Exceeded(HoldReason.FirstRecipientsPerDay, counts.FirstRecipientsInDay + message.FirstRecipients, terms.FirstRecipientsPerDay, terms, counts, now)
            ?? (SendingVerdict)new SendingVerdict.Accept(IsCounted: true);
    }

    /// <summary>Whether there is room under a hold. Asked before a message is read, too: what will be put off need not be sent first.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="held">Messages under the hold.</param>
    public static SendingVerdict UnderHold(SendingTerms terms, long held) =>
        held < terms.HeldAtMost.Value ? new SendingVerdict.Held() : new SendingVerdict.Defer(terms.HeldAtMost.Clause);

    /// <summary>How long a sender who is put off waits for the reply: nothing at first, then twice as long each time.</summary>
    /// <param name="times">How often it was put off lately, with this time.</param>
    /// <param name="most">The longest.</param>
    /// <remarks>
    /// A mail program tries a few times and is not kept waiting. One that goes on as fast as it is answered would take the time that others'
    /// mail needs, for an answer that it has already.
    /// </remarks>
    public static Duration PauseBefore(long times, Duration most)
    {
        if (times <= PutOffAtOnce)
            return Duration.Zero;
        var doublings = (int)Math.Min(times - PutOffAtOnce - 1, 20);
        return Duration.Min(Duration.FromMilliseconds(250L << doublings), most);
    }

    /// <summary>What a term allows this sender.</summary>
    public static long LimitOf(Term<long> term, SendingTerms terms, SendingCounts counts, Instant now)
    {
        var limit = counts.IsCustomer ? term.Value * terms.CustomerTimes.Value : term.Value;
        return now < counts.AccountSince + terms.NewFor.Value ? Math.Max(1, limit / terms.NewDividedBy.Value) : limit;
    }

    private static SendingVerdict.Hold? Exceeded(
        HoldReason reason, long count, Term<long> term, SendingTerms terms, SendingCounts counts, Instant now)
    {
        var limit = LimitOf(term, terms, counts, now);
        return count > limit ? Hold(reason, count, term with { Value = limit }) : null;
    }

    private static SendingVerdict.Hold Hold(HoldReason reason, long count, Term<long> limit) => new(reason, count, limit.Value, limit.Clause);
}
