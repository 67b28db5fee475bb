using Mailreeve.Policy.Attribution;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>Takes news about sessions into the database: any number in one transaction, each as often as it comes.</summary>
public static class SessionIntake
{
    /// <summary>Takes it in.</summary>
    /// <param name="db">A transaction.</param>
    /// <param name="news">In the order in which it came.</param>
    /// <param name="now">When it is written down.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Rows that were made or changed.</returns>
    public static async Task<int> TakeAsync(DbSession db, IReadOnlyList<SessionNews> news, Instant now, CancellationToken stop)
    {
        if (news.Count == 0)
            return 0;
        var store = new SessionStore(db);
        var ledger = new SessionLedger(now);
        foreach (var known in await store.ConcernedAsync(news, stop))
            ledger.Know(known);
        foreach (var one in news)
            ledger.Take(one);
        var changed = ledger.Changed.ToList();
        await store.SaveAsync(changed, stop);
        return changed.Count;
    }
}
