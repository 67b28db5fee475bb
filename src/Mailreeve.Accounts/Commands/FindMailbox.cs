using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Commands;

/// <summary>The mailbox that a command names by an address.</summary>
internal static class FindMailbox
{
    /// <summary>The mailbox that has this address as its own or as an alias; null when there is none, which has then been printed.</summary>
    public static async Task<MailboxRow?> ByAddressAsync(Database database, string address, TextWriter output, CancellationToken stop)
    {
        var mailbox = await database.ReadAsync(db => new MailboxStore(db).FindByAddressAsync(address.Trim(), stop), stop);
        if (mailbox is null)
            await output.WriteLineAsync($"No mailbox has the address {address.Trim()}.");
        return mailbox;
    }

    /// <summary>Prints why something was not done, or what was.</summary>
    /// <returns>The exit code: 0, or 1 when it was not done.</returns>
    public static async Task<int> TellAsync(MailboxResult result, string done, TextWriter output)
    {
        await output.WriteLineAsync(result is MailboxResult.Refused refused ? refused.Why : done);
        return result is MailboxResult.Refused ? 1 : 0;
    }
}
