using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>api-key list</c></summary>
public static class ApiKeyListCommand
{
    /// <summary>Prints who has a key, what it is for, and when each tool has asked last.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var keys = await database.ReadAsync(async db =>
        {
            var found = new List<(ApiKeyRow Key, Instant? Asked)>();
            foreach (var key in await new ApiKeyStore(db).InUseAsync(stop))
                found.Add((key, await new WhoQuestionStore(db).LastOfAsync(Actor.Tool(key.Name), stop)));
            return found;
        }, stop);
        foreach (var (key, asked) in keys)
        {
            var used = key.Purpose == ApiKeyPurpose.Detections ? "says what it sees" : asked is { } last ? $"asked last {At(last)}" : "has not asked yet";
            await output.WriteLineAsync($"{key.Name}  added {At(key.CreatedAt)} by {key.CreatedBy}  {used}");
        }

        if (keys.Count == 0)
            await output.WriteLineAsync("There are no keys.");
        return 0;
    }

    private static string At(Instant at) => $"{at:uuuu-MM-dd HH:mm:ss}";
}
