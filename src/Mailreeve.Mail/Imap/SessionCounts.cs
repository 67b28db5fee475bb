using Mailreeve.Policy;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Imap;

/// <summary>How many sessions each mailbox has from each address.</summary>
internal sealed class SessionCounts(int max)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(MailboxId, Prefix), int> open = [];

    /// <summary>Counts one more; false when there are as many as may be.</summary>
    public bool TryEnter(MailboxId mailbox, Address client)
    {
        var who = (mailbox, ConnectionCounts.Who(client));
        lock (gate)
        {
            var have = open.GetValueOrDefault(who);
            if (have >= max)
                return false;
            open[who] = have + 1;
            return true;
        }
    }

    public void Leave(MailboxId mailbox, Address client)
    {
        var who = (mailbox, ConnectionCounts.Who(client));
        lock (gate)
        {
            if (--open[who] == 0)
                open.Remove(who);
        }
    }
}
