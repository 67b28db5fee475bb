using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Commands;

/// <summary><c>postmaster list</c></summary>
public static class PostmasterListCommand
{
    private const long RowsMax = 10_000;

    /// <summary>Lists domains, those first about which somebody must do something, and how many stand where.</summary>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var rows = await database.ReadAsync(db => new PostmasterStore(db).ListAsync(RowsMax, stop), stop);
        if (rows.Count == 0)
            await output.WriteLineAsync("No domain is checked.");
        foreach (var row in rows)
        {
            var due = row is { State: PostmasterState.Asked, DueAt: { } at } ? $" until {at:uuuu-MM-dd}" : "";
            await output.WriteLineAsync($"{row.Domain,-30}  {PostmasterWords.Of(row.State)}{due}{(row.Detail.Length == 0 ? "" : $"  ({row.Detail})")}");
        }

        foreach (var group in rows.GroupBy(r => r.State).OrderBy(g => g.Key))
            await output.WriteLineAsync($"{group.Count(),6}  {PostmasterWords.Of(group.Key)}");
        return 0;
    }
}
