using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Detections;

/// <summary>What was detected, in words.</summary>
public static class DetectionWords
{
    private static readonly InstantPattern Utc = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    /// <summary>Detections in a sentence that names no sensor.</summary>
    /// <param name="verdict">What they are worth.</param>
    /// <param name="seen">The detections, at least one.</param>
    public static string Of(DetectionVerdict verdict, IReadOnlyCollection<Detection> seen) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(verdict.Sensors == 1 ? "1 sensor" : $"{verdict.Sensors} sensors")}, {verdict.Targets} hosts, ports or accounts tried, between {At(seen.Min(d => d.FirstAt))} and {At(seen.Max(d => d.LastAt))}.");

    /// <summary>A type in words.</summary>
    /// <param name="type">XARF v4 <c>category/type</c>.</param>
    public static string Of(string type) => type switch
    {
        DetectionTypes.PortScan => "hosts or ports were scanned",
        DetectionTypes.LoginAttack => "passwords were tried",
        DetectionTypes.VulnerabilityScan => "security holes were looked for or tried",
        DetectionTypes.Reconnaissance => "information was gathered",
        DetectionTypes.InfectedHost => "the host seems to do what somebody else bids it",
        DetectionTypes.Flood => "others were flooded with packets",
        _ => type,
    };

    /// <summary>A time as evidence has it.</summary>
    public static string At(Instant at) => Utc.Format(at);
}
