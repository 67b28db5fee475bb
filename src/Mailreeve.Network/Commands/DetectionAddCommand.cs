using Mailreeve.Network.Detections;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>detection add</c>: how programs that watch logs, fail2ban above all, say what they saw.</summary>
public static class DetectionAddCommand
{
    /// <summary>Writes a detection down; the running program takes it from there.</summary>
    /// <param name="database">Where.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="address">Who attacked.</param>
    /// <param name="seen">What was seen; not later than now.</param>
    /// <param name="detail">What the sensor says about it.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where it is told.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<int> RunAsync(
        Database database, Provider provider, Address address, Detection seen, string detail, Instant now, TextWriter output, CancellationToken stop)
    {
        await database.WriteAsync(db => new DetectionStore(db).AddAsync([DetectionIntake.Of(provider, address, seen, detail)], now, stop), stop);
        await output.WriteLineAsync($"{address} was seen by {seen.Sensor}: {DetectionWords.Of(seen.Type)}.");
        return 0;
    }
}
