using Mailreeve.Policy.Trust;

namespace Mailreeve.Policy.Detections;

/// <summary>Decides what detections of one address may lead to without a person (C5). Pure.</summary>
/// <remarks>
/// Sensors err: who looks for peers that have left looks like a scanner, and anybody can write any source into a packet. So a sensor counts only
/// when it saw several targets, counts half while it saw no connection, and two of them take the place of two independent reporters (C4).
/// </remarks>
public static class DetectionRules
{
    private const long PointsOfTwoWay = 10;
    private const long PointsOfOneWay = 5;

    /// <summary>What the detections of an address are worth together.</summary>
    /// <param name="terms">The figures of the policy that hold for complaints; a sensor is a reporter.</param>
    /// <param name="targetsAtLeast">Fewer targets make no sensor count.</param>
    /// <param name="seen">All detections of the address within the window, of any type.</param>
    public static DetectionVerdict Judge(TrustTerms terms, long targetsAtLeast, IReadOnlyCollection<Detection> seen)
    {
        var sensors = seen.GroupBy(d => d.Sensor)
            .Select(g => (Targets: g.Sum(d => d.Targets), IsTwoWay: g.Any(d => d.IsTwoWay)))
            .Where(s => s.Targets >= targetsAtLeast)
            .ToList();
        var points = sensors.Sum(s => s.IsTwoWay ? PointsOfTwoWay : PointsOfOneWay);
        var level = points < terms.NoticeAt.Value ? TrustLevel.Nothing
            : points < terms.BlockAt.Value || sensors.Count < terms.ReportersToBlock.Value ? TrustLevel.Notice
            : TrustLevel.Block;
        return new DetectionVerdict(level, points, sensors.Count, sensors.Sum(s => s.Targets));
    }

    /// <summary>The type that tells most: where a connection was seen before where none was, then that with the most targets.</summary>
    /// <param name="seen">At least one detection.</param>
    public static string TypeOf(IReadOnlyCollection<Detection> seen) => seen
        .GroupBy(d => d.Type)
        .OrderByDescending(g => g.Any(d => d.IsTwoWay)).ThenByDescending(g => g.Sum(d => d.Targets)).ThenBy(g => g.Key, StringComparer.Ordinal)
        .First().Key;
}

/// <summary>What detections of an address are worth.</summary>
/// <param name="Level">The highest measure that may follow without a person; never <see cref="TrustLevel.Charge"/>.</param>
/// <param name="Points">What speaks for it.</param>
/// <param name="Sensors">Sensors that count; 0 when nothing follows, not even a question.</param>
/// <param name="Targets">What those saw tried.</param>
public sealed record DetectionVerdict(TrustLevel Level, long Points, long Sensors, long Targets);
