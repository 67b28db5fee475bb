using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Commands;

/// <summary><c>relay list</c></summary>
public static class RelayListCommand
{
    private const long RunsMax = 500;

    /// <summary>Lists runs, newest first.</summary>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var runs = await database.ReadAsync(db => new RelayRunStore(db).ListAsync(RunsMax, stop), stop);
        if (runs.Count == 0)
            await output.WriteLineAsync("No host was tested.");
        foreach (var run in runs)
            await output.WriteLineAsync($"{run.Id,6}  {$"{run.Address}",-15}  {run.AskedAt:uuuu-MM-dd HH:mm}  {RelayWords.Of(run.Verdict)}{(run.Detail.Length == 0 ? "" : $" ({run.Detail})")}");
        return 0;
    }
}
