using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Detections;

/// <summary>Takes in what sensors say, by command or over the API. What follows, others decide.</summary>
public static class DetectionIntake
{
    private const int DetailLengthMax = 200;

    /// <summary>A detection to be written.</summary>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="address">Who attacked.</param>
    /// <param name="seen">What was seen.</param>
    /// <param name="detail">What the sensor says about it; control characters are dropped, and it is cut at 200 characters.</param>
    public static NewDetection Of(Provider provider, Address address, Detection seen, string detail)
    {
        var line = string.Concat(detail.Where(c => !char.IsControl(c)));
        if (line.Length > DetailLengthMax)
            line = line[..(char.IsHighSurrogate(line[DetailLengthMax - 1]) ? DetailLengthMax - 1 : DetailLengthMax)];
        return new NewDetection(seen, address, null, line, provider.HasInside(address));
    }

    /// <summary>Takes in what a sensor told over the API. When it returns, all of it is on disk and may be acknowledged.</summary>
    /// <param name="database">Where.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="sensor">The name of its key.</param>
    /// <param name="said">What it said, with the short names of <see cref="DetectionTypes"/>.</param>
    /// <param name="perHour">So many of one sensor are taken in an hour: who has its key must not fill the disk.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops before it is written.</param>
    /// <returns>How many were new: what the same sensor said before, of the same address, type and time, is there already. Null when it is too many in this hour.</returns>
    public static Task<int?> TakeAsync(
        Database database, Provider provider, string sensor, IReadOnlyList<SaidDetection> said, long perHour, Instant now, CancellationToken stop)
    {
        var seen = said.Select(s => Of(provider, s.Address, SeenBy(sensor, s, now), s.Detail) with { Print = PrintOf(sensor, s) }).ToList();
        return database.WriteAsync<int?>(
            async db =>
            {
                var store = new DetectionStore(db);
                return await store.CountOfAsync(sensor, now - Duration.FromHours(1), stop) + seen.Count > perHour ? null : await store.AddAsync(seen, now, stop);
            }, stop);
    }

    // A clock that is a little ahead saw it now.
    private static Detection SeenBy(string sensor, SaidDetection said, Instant now) => new()
    {
        Sensor = sensor,
        Type = DetectionTypes.ByName[said.Type],
        Targets = said.Targets,
        IsTwoWay = said.IsConnected,
        FirstAt = Instant.Min(said.At, now),
        LastAt = Instant.Min(said.At, now),
    };

    // By what was said, not by what was made of it: a repetition says the same.
    private static string PrintOf(string sensor, SaidDetection said) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{sensor}\n{said.Address}\n{said.Type}\n{said.At.ToUnixTimeMilliseconds()}"))));
}
