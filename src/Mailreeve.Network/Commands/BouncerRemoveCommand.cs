using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>bouncer remove NAME</c></summary>
public static class BouncerRemoveCommand
{
    /// <summary>Takes a bouncer's key away. What it has already it keeps until the time of each entry is over.</summary>
    /// <returns>0; 1 when there is no such bouncer.</returns>
    public static async Task<int> RunAsync(Database database, string name, Actor by, Instant now, TextWriter output, CancellationToken stop)
    {
        var removed = await database.WriteAsync(db => new BouncerStore(db).RemoveAsync(name, by, now, stop), stop);
        await output.WriteLineAsync(removed ? $"{name} is told nothing any more. What it has ends there with its time." : $"There is no bouncer {name}.");
        return removed ? 0 : 1;
    }
}
