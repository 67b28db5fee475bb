using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox storage ADDRESS STEPS</c></summary>
public static class MailboxStorageCommand
{
    /// <summary>Says how many steps of extra storage a mailbox has from now on (C9).</summary>
    /// <returns>0; 1 when there is no such mailbox, it is closed, or it cannot have so many.</returns>
    public static async Task<int> RunAsync(
        Database database, MailboxDesk desk, AbusePolicy policy, string address, long steps, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        var result = await desk.SetStepsAsync(mailbox.Id, steps, CommandActor.Value, stop);
        var capacity = SizeText.Human(StorageRules.CapacityBytes(policy.Terms, steps));
        var price = StorageRules.Price(policy.Terms, steps);
        return await FindMailbox.TellAsync(result, $"{mailbox.Address} holds {capacity} for {price.Value} a month (clause {price.Clause}).", output);
    }
}
