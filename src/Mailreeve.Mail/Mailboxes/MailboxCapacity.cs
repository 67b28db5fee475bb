using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage.Live;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>What may lie in a mailbox, as of now: room that was bought a moment ago counts (C9).</summary>
public sealed class MailboxCapacity(LiveViews views, AbusePolicy policy)
{
    /// <summary>In octets.</summary>
    public long BytesOf(MailboxId mailbox) => StorageRules.CapacityBytes(policy.Terms, views.Mailboxes.Find(mailbox)?.ExtraSteps ?? 0);
}
