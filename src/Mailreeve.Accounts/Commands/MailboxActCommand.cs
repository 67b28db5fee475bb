using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox suspend|reopen|end ADDRESS</c></summary>
public static class MailboxActCommand
{
    /// <summary>Suspends a mailbox, opens it again, or ends it.</summary>
    /// <returns>0; 1 when there is no such mailbox, or its state does not allow it.</returns>
    public static async Task<int> RunAsync(
        Database database, MailboxDesk desk, string address, MailboxAct act, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        var done = act switch
        {
            MailboxAct.Suspend => $"{mailbox.Address} is suspended: nobody signs in, and mail for it waits.",
            MailboxAct.Reopen => $"{mailbox.Address} is open.",
            _ => $"{mailbox.Address} has ended. Its address stays taken.",
        };
        return await FindMailbox.TellAsync(await desk.ActAsync(mailbox.Id, act, CommandActor.Value, stop), done, output);
    }
}
