using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Senders.Commands;

/// <summary><c>hold show NUMBER</c></summary>
public static class HoldShowCommand
{
    private const long MessagesMax = 100;

    /// <summary>Prints one hold, and what of the messages under it an operator needs to judge them.</summary>
    /// <returns>0; 1 when there is no such hold.</returns>
    public static async Task<int> RunAsync(Database database, HoldId id, TextWriter output, CancellationToken stop)
    {
        var (hold, messages) = await database.ReadAsync(
            async db => (await new SendingHoldStore(db).FindAsync(id, stop), await new SubmissionStore(db).OfHoldAsync(id, MessagesMax, stop)), stop);
        if (hold is null)
        {
            await output.WriteLineAsync($"There is no hold {id}. 'mailreeve hold list' shows those that are open.");
            return 1;
        }

        await output.WriteLineAsync($"{hold.Id}: {hold.Mailbox ?? "all that the customer sends"}, of {hold.CustomerName} ({hold.RegNumber})");
        await output.WriteLineAsync($"  {hold.Detail} (clause {hold.Clause} of revision {hold.PolicyRevision})");
        await output.WriteLineAsync($"  since {hold.PlacedAt:uuuu-MM-dd HH:mm} UTC, by {hold.PlacedBy}; {hold.Messages} messages to {hold.Recipients} recipients");
        if (hold.EndedAt is { } ended)
            await output.WriteLineAsync($"  {EnumText.Of(hold.Outcome!.Value)} {ended:uuuu-MM-dd HH:mm} UTC by {hold.EndedBy}: {hold.EndReason}");
        foreach (var m in messages)
        {
            await output.WriteLineAsync(
                $"  {m.At:MM-dd HH:mm:ss}  from {m.ClientAddress}  as {m.HeaderFrom}  to {m.Recipients}  {m.Size} octets  {m.Subject}");
        }

        if (messages.Count < hold.Messages)
            await output.WriteLineAsync($"  and {hold.Messages - messages.Count} more");
        return 0;
    }
}
