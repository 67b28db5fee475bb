using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>
/// Keeps messages no longer than the policy says (C9). A message goes from its mailbox when its time is over, by when this server got it;
/// its octets go with the segment, when the time of the last message in it is over. By a clock that is suddenly far ahead nothing goes.
/// </summary>
/// <param name="db">The database.</param>
/// <param name="segments">Where messages lie.</param>
/// <param name="grains">Finds the owners.</param>
/// <param name="policy">Says how long.</param>
/// <param name="watch">Says whether the clock is believed.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For the operator.</param>
public sealed class RetentionClerk(
    Database db, SegmentStore segments, IGrainFactory grains, AbusePolicy policy, ClockWatch watch, IClock clock, ILogger<RetentionClerk> log) : IClerk
{
    private const int MailboxesPerRound = 100;

    private static readonly Duration Interval = Duration.FromMinutes(1);

    private Instant next = Instant.MinValue;

    /// <inheritdoc/>
    public string Name => "retention";

    /// <summary>Removes what is over.</summary>
    /// <returns>Messages that were removed.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < next)
            return 0;
        if (!await watch.TrustsAsync(now, stop))
        {
            next = now + Interval;
            return 0;
        }

        // What was saved exactly that long ago goes, too; rows know milliseconds.
        var savedBefore = now - policy.Terms.MessageRetention.Value + Duration.FromMilliseconds(1);
        var mailboxes = await db.ReadAsync(session => new MessageStore(session).MailboxesWithAsync(savedBefore, MailboxesPerRound, stop), stop);
        var expired = 0;
        foreach (var mailbox in mailboxes)
        {
            stop.ThrowIfCancellationRequested();
            expired += await grains.GetGrain<IMailboxGrain>(mailbox.Value).ExpireAsync(savedBefore);
        }

        if (expired > 0)
            log.MessagesExpired(expired, mailboxes.Count, $"{policy.Terms.MessageRetention.Clause}");
        if (mailboxes.Count == MailboxesPerRound)
            return expired;

        // Rows first, then octets: a row without its message would be a fault.
        var dropped = segments.DeleteExpired(savedBefore, stop);
        if (dropped.Count > 0)
            log.SegmentsDropped(dropped.Count);
        next = now + Interval;
        return expired;
    }
}
