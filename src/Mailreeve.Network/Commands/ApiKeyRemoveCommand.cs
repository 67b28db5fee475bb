using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>api-key remove NAME</c></summary>
public static class ApiKeyRemoveCommand
{
    /// <summary>Takes a key away, at once. What was asked or said by it stays on record.</summary>
    /// <returns>0; 1 when there is no such key.</returns>
    public static async Task<int> RunAsync(Database database, string name, Actor by, Instant now, TextWriter output, CancellationToken stop)
    {
        var removed = await database.WriteAsync(db => new ApiKeyStore(db).RemoveAsync(name, by, now, stop), stop);
        await output.WriteLineAsync(removed ? $"{name} has no key any more." : $"There is no key {name}.");
        return removed ? 0 : 1;
    }
}
