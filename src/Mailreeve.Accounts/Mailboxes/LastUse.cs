using System.Collections.Concurrent;
using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>When mailboxes were last used, to the hour: noted in memory, written down by <see cref="LastUseClerk"/>.</summary>
/// <remarks>
/// A sign-in must not wait for a disk. When the program ends before the clerk has written, some uses of the last second are
/// forgotten; what follows from them is reckoned in days.
/// </remarks>
public sealed class LastUse(IClock clock)
{
    // Mailboxes used this hour. When the hour is another one, all of them count anew.
    private ConcurrentDictionary<MailboxId, long> seen = new();
    private ConcurrentDictionary<MailboxId, Instant> unwritten = new();
    private long hourOfSeen;

    /// <summary>Somebody uses the mailbox now.</summary>
    public void Note(MailboxId mailbox)
    {
        var now = clock.GetCurrentInstant();
        var hour = now.ToUnixTimeSeconds() / 3600;
        if (Interlocked.Exchange(ref hourOfSeen, hour) != hour)
            seen = new ConcurrentDictionary<MailboxId, long>();
        if (seen.TryAdd(mailbox, hour))
            unwritten[mailbox] = now;
    }

    /// <summary>Whether a use of the mailbox waits to be written: it must not be taken for unused.</summary>
    internal bool IsUnwritten(MailboxId mailbox) => unwritten.ContainsKey(mailbox);

    /// <summary>Takes what has not been written down.</summary>
    internal IReadOnlyCollection<KeyValuePair<MailboxId, Instant>> Take()
    {
        if (unwritten.IsEmpty)
            return [];
        // A use that is noted in the map while it is taken away may be lost until the next hour. See the remarks above.
        return Interlocked.Exchange(ref unwritten, new ConcurrentDictionary<MailboxId, Instant>()).ToArray();
    }

    /// <summary>Gives back what could not be written.</summary>
    internal void GiveBack(IEnumerable<KeyValuePair<MailboxId, Instant>> uses)
    {
        foreach (var (mailbox, at) in uses)
            unwritten.TryAdd(mailbox, at);
    }
}
