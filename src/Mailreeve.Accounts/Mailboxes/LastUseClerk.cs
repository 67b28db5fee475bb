using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Writes down when mailboxes were last used.</summary>
public sealed class LastUseClerk(Database database, LastUse uses) : IClerk
{
    private const int BatchSize = 500;

    /// <inheritdoc/>
    public string Name => "mailbox-use";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var taken = uses.Take();
        var left = taken.ToList();
        try
        {
            foreach (var batch in taken.Chunk(BatchSize))
            {
                await database.WriteAsync(async db =>
                {
                    foreach (var (mailbox, at) in batch)
                        await new MailboxStore(db).UsedAsync(mailbox, at, stop);
                }, stop);
                left.RemoveRange(0, batch.Length);
            }
        }
        finally
        {
            uses.GiveBack(left);
        }

        return taken.Count;
    }
}
