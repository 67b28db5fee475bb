using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Senders;

/// <summary>What a person can do about a hold: let the mail go, or drop it. Either way the sender may send again, and counting begins anew.</summary>
/// <param name="db">The database.</param>
/// <param name="clock">The time.</param>
public sealed class HoldDesk(Database db, IClock clock)
{
    /// <summary>Ends a hold.</summary>
    /// <param name="hold">Which.</param>
    /// <param name="outcome">What becomes of the mail under it.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="reason">Why; not empty.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>What stands in the way, as a sentence; null when it is done.</returns>
    public async Task<string?> EndAsync(HoldId hold, HoldOutcome outcome, Actor by, string reason, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return "Say why. It stands in the history of the hold.";
        return await db.WriteAsync(async session =>
        {
            var store = new SendingHoldStore(session);
            if (await store.EndAsync(hold, outcome, by, reason.Trim(), clock.GetCurrentInstant(), stop))
                return null;
            return await store.FindAsync(hold, stop) is { } ended
                ? $"{hold} was {EnumText.Of(ended.Outcome!.Value)} already, by {ended.EndedBy}."
                : $"There is no hold {hold}.";
        }, stop);
    }
}
