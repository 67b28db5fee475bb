using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>
/// Ends the sessions of which nothing was heard in time: leases that ran out, and sessions whose stop was lost. Should something be heard
/// of one after all, it is open again.
/// </summary>
public sealed class LostSessionClerk(Database database, IClock clock) : IClerk
{
    private const long Batch = 1000;

    /// <inheritdoc/>
    public string Name => "lost-sessions";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if ((await database.ReadAsync(db => new SessionStore(db).OverdueAsync(now, 1, stop), stop)).Count == 0)
            return 0;
        return await database.WriteAsync(async db =>
        {
            var store = new SessionStore(db);
            var overdue = await store.OverdueAsync(now, Batch, stop);
            await store.SaveAsync([.. overdue.Select(s => s.Overdue(now))], stop);
            return overdue.Count;
        }, stop);
    }
}
