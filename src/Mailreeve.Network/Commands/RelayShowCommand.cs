using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Commands;

/// <summary><c>relay show NUMBER</c></summary>
public static class RelayShowCommand
{
    /// <summary>Shows a run with each of its tests. What hosts have said is clean of control characters since it was read.</summary>
    /// <returns>0; 1 when there is none with that number.</returns>
    public static async Task<int> RunAsync(Database database, long number, TextWriter output, CancellationToken stop)
    {
        var (run, attempts) = await database.ReadAsync(
            async db => (await new RelayRunStore(db).FindAsync(number, stop), await new RelayRunStore(db).AttemptsAsync(number, stop)), stop);
        if (run is null)
        {
            await output.WriteLineAsync($"There is no relay test {number}.");
            return 1;
        }

        await output.WriteLineAsync($"Relay test {run.Id} of {run.Address}{(run.Host is null ? "" : $" ({run.Host})")}: {RelayWords.Of(run.Verdict)}");
        await output.WriteLineAsync($"Asked for {run.AskedAt:uuuu-MM-dd HH:mm:ss} UTC by {run.AskedBy}{(run.EndedAt is { } ended ? $"; result since {ended:uuuu-MM-dd HH:mm:ss} UTC" : "")}");
        if (run.Detail.Length > 0)
            await output.WriteLineAsync(run.Detail);
        if (run.WasBlocked)
            await output.WriteLineAsync("Port 25 was blocked meanwhile: what it took it could not have passed on.");
        foreach (var attempt in attempts)
        {
            var exit = attempt.ExitAddress is { } address ? $", came out at {address}" : "";
            await output.WriteLineAsync($"{attempt.Number,4}  port {attempt.Port}  {attempt.Test,-20} {RelayWords.Of(attempt.Verdict)}{exit}{(attempt.BouncedAt is null ? "" : ", bounced")}");
            foreach (var line in attempt.Transcript.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await output.WriteLineAsync($"        {line}");
        }

        return 0;
    }
}
