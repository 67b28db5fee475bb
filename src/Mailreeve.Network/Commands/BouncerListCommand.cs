using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>bouncer list</c></summary>
public static class BouncerListCommand
{
    /// <summary>Prints the bouncers, and when each has asked last.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var bouncers = await database.ReadAsync(db => new BouncerStore(db).InUseAsync(stop), stop);
        foreach (var bouncer in bouncers)
        {
            var ranges = bouncer.TakesRanges != 0 ? "takes ranges" : "single addresses";
            var asked = bouncer.PulledAt is { } pulled ? $"told what is new {At(pulled)}" : bouncer.AskedAt is { } once ? $"asked about an address {At(once)}" : "has not asked yet";
            var client = bouncer.Client is null ? "" : $"  ({bouncer.Client})";
            await output.WriteLineAsync($"{bouncer.Name}  {ranges}  added {At(bouncer.CreatedAt)}  {asked}{client}");
        }

        if (bouncers.Count == 0)
            await output.WriteLineAsync("There are no bouncers.");
        return 0;
    }

    private static string At(Instant at) => $"{at:uuuu-MM-dd HH:mm:ss}";
}
