using NodaTime;

namespace Mailreeve.Policy.Detections;

/// <summary>The operator's figures for what sensors see.</summary>
public sealed record DetectionTerms
{
    /// <summary>Targets below which a sensor does not count.</summary>
    public long TargetsAtLeast { get; init; } = 4;

    /// <summary>How long detections count together.</summary>
    public Duration Window { get; init; } = Duration.FromHours(24);

    /// <summary>Whether addresses of others are blocked by themselves; otherwise it is only told which would be.</summary>
    public bool BlocksOthers { get; init; }

    /// <summary>How long such a block lasts.</summary>
    public Duration BlockFor { get; init; } = Duration.FromHours(24);

    /// <summary>Such blocks in force at one time.</summary>
    public long BlocksAtMost { get; init; } = 1000;

    /// <summary>How long detections that belong to no case are kept.</summary>
    public Duration KeptFor { get; init; } = Duration.FromDays(90);
}
