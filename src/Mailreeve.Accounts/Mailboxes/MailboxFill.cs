using System.Collections.Concurrent;
using Mailreeve.Policy;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>How much is in mailboxes, as their owners tell it; looked at by <see cref="FillClerk"/>.</summary>
/// <remarks>Whoever adds messages to a mailbox or takes some out calls <see cref="Note"/>; it waits for nothing and may be called for every message.</remarks>
public sealed class MailboxFill
{
    private ConcurrentDictionary<MailboxId, long> changed = new();

    /// <summary>So much is in the mailbox now.</summary>
    /// <param name="mailbox">Which.</param>
    /// <param name="usedBytes">Octets of all its messages.</param>
    public void Note(MailboxId mailbox, long usedBytes) => changed[mailbox] = usedBytes;

    /// <summary>Takes what was noted since the last time.</summary>
    internal IReadOnlyCollection<KeyValuePair<MailboxId, long>> Take() =>
        // What is noted while the map is taken away is told again with the next message.
        changed.IsEmpty ? [] : Interlocked.Exchange(ref changed, new ConcurrentDictionary<MailboxId, long>()).ToArray();
}
