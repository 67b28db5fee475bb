using System.Text;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>What the customer is shown of what sensors of ours saw: when, what, how much; never which sensor, nor whom it was done to.</summary>
internal static class DetectionEvidence
{
    private const long RowsMax = 20;

    /// <summary>The text; empty when the case does not rest on any.</summary>
    public static async Task<string> OfCaseAsync(DbSession db, AbuseCase of, CancellationToken stop)
    {
        // To whoever has answered, what went on since is news.
        var store = new DetectionStore(db);
        var rows = of.Reopenings > 0 && of.AnsweredAt is { } answered ? await store.OfCaseAsync(of.Id, answered, RowsMax, stop) : [];
        if (rows.Count == 0)
            rows = await store.OfCaseAsync(of.Id, null, RowsMax, stop);
        if (rows.Count == 0)
            return "";
        var text = new StringBuilder("Sensors of our own saw it. What ").Append(of.Resource.Name).Append(" did:\n\n");
        foreach (var row in rows)
        {
            text.Append(DetectionWords.At(row.FirstAt)).Append(" to ").Append(DetectionWords.At(row.LastAt)).Append(": ").Append(DetectionWords.Of(row.Type))
                .Append(", ").Append(row.Targets).Append(row.Targets == 1 ? " target" : " targets");
            if (row.Port is { } port)
                text.Append(", from port ").Append(port);
            text.Append('\n');
        }

        return text.ToString();
    }
}
