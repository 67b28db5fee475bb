using Mailreeve.Policy.Detections;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Commands;

/// <summary><c>detection list</c></summary>
public static class DetectionListCommand
{
    private const long RowsMax = 500;

    /// <summary>Lists detections, newest first, with what became of them.</summary>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var rows = await database.ReadAsync(db => new DetectionStore(db).ListAsync(RowsMax, stop), stop);
        if (rows.Count == 0)
            await output.WriteLineAsync("Nothing was detected.");
        foreach (var row in rows)
        {
            await output.WriteLineAsync(
                $"{row.LastAt:uuuu-MM-dd HH:mm:ss}  {$"{row.Address}",-15}  {row.Sensor}: {DetectionWords.Of(row.Type)}, {row.Targets} targets  {(row.ToldAt is null ? "waits" : row.Outcome)}");
        }

        return 0;
    }
}
