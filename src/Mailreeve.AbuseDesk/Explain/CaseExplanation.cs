using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Explain;

/// <summary>What happened to a case, in order.</summary>
public static class CaseExplanation
{
    /// <summary>The lines; none when there is no such case.</summary>
    public static async Task<IReadOnlyList<string>> LinesAsync(Database database, AbusePolicy policy, CaseId id, CancellationToken stop)
    {
        var events = await database.ReadAsync(db => new CaseStore(db).EventsAsync(id, stop), stop);
        return [.. events.Select(e => $"{e.At}  {e.Actor}  {e.Clause}  {e.Body}")];
    }
}
