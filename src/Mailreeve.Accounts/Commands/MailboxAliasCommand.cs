using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox alias add|remove ADDRESS ALIAS</c></summary>
public static class MailboxAliasCommand
{
    /// <summary>Gives a mailbox one more address.</summary>
    /// <returns>0; 1 when there is no such mailbox, or the alias cannot be given.</returns>
    public static async Task<int> AddAsync(Database database, MailboxDesk desk, string address, string alias, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        return await FindMailbox.TellAsync(
            await desk.AddAliasAsync(mailbox.Id, alias, stop), $"Mail to {alias.Trim().ToLowerInvariant()} goes to {mailbox.Address}.", output);
    }

    /// <summary>Takes an alias away.</summary>
    /// <returns>0; 1 when the mailbox has no such alias.</returns>
    public static async Task<int> RemoveAsync(Database database, MailboxDesk desk, string address, string alias, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        return await FindMailbox.TellAsync(
            await desk.RemoveAliasAsync(mailbox.Id, alias, stop), $"Mail to {alias.Trim().ToLowerInvariant()} is refused from now on.", output);
    }
}
