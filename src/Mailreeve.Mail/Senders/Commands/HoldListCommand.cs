using Mailreeve.Storage;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Senders.Commands;

/// <summary><c>hold list</c></summary>
public static class HoldListCommand
{
    private const long RowsMax = 1000;

    /// <summary>Prints open holds, one in a line: number, since when, what is held, from whom, why.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var holds = await database.ReadAsync(db => new SendingHoldStore(db).WaitingAsync(RowsMax, stop), stop);
        foreach (var hold in holds)
        {
            var sender = hold.Mailbox ?? "all that the customer sends";
            await output.WriteLineAsync(
                $"{hold.Id,-6}  {hold.PlacedAt:uuuu-MM-dd HH:mm}  {hold.Messages,4} messages  {sender}  {hold.RegNumber}  {EnumText.Of(hold.Reason)}");
        }

        if (holds.Count == 0)
            await output.WriteLineAsync("Nothing is held.");
        return 0;
    }
}
