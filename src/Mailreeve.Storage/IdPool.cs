namespace Mailreeve.Storage;

/// <summary>Ids of one table for one transaction, reserved some at a time. What is left over is given back.</summary>
public sealed class IdPool(DbSession db, string table, long chunk)
{
    private long next;
    private long end;

    /// <summary>The next id.</summary>
    public async ValueTask<long> TakeAsync(CancellationToken stop)
    {
        if (next == end)
        {
            next = await db.NextIdsAsync(table, chunk, stop);
            end = next + chunk;
        }

        return next++;
    }

    /// <summary>Gives back what was not used; the counter is still locked by this transaction, so no number is skipped.</summary>
    public async Task GiveBackAsync(CancellationToken stop)
    {
        if (next == end)
            return;
        await db.ExecuteAsync("""
            UPDATE id_block
            SET    next = @next
            WHERE  name = @table AND next = @end
            """, new { next, table, end }, stop);
        end = next;
    }
}
