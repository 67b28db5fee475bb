using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using NodaTime;

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

    /// <summary>What is done with what was seen, in the case that it belongs to.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="known">The case; null for none. One that was answered is judged by what was seen since, and no other detection is to be in the verdict.</param>
    /// <param name="verdict">What was seen is worth; at least one sensor counts.</param>
    /// <param name="earliest">When what was seen began.</param>
    /// <param name="isSaid">Whether the case has heard of it lately: an attack that goes on is told again and again.</param>
    /// <param name="now">The time.</param>
    /// <remarks>
    /// As with complaints (C4): what shows clearly that it went on opens the case again, what does not so clearly takes no answer away from the
    /// customer. About a closed case a person is asked then, once for each answer.
    /// </remarks>
    public static DetectionStep StepOn(AbusePolicy policy, AbuseCase? known, DetectionVerdict verdict, Instant earliest, bool isSaid, Instant now) =>
        known is null ? DetectionStep.Open
        : verdict.Level >= TrustLevel.Notice && CaseRules.Reopens(policy, known, earliest, now) ? DetectionStep.Reopen
        : CaseRules.AsksToReopen(policy, known, earliest, now) ? DetectionStep.AskToReopen
        : known.Phase != CasePhase.Closed && (verdict.Level > known.Trust || !isSaid) ? DetectionStep.Tell
        : DetectionStep.Keep;

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

/// <summary>What is done with detections in a case.</summary>
public enum DetectionStep
{
    /// <summary>They are kept with it, and tell it nothing new.</summary>
    Keep,

    /// <summary>They open one.</summary>
    Open,

    /// <summary>They are told to it.</summary>
    Tell,

    /// <summary>They open it again.</summary>
    Reopen,

    /// <summary>A person is asked whether it is to be opened again.</summary>
    AskToReopen,
}
