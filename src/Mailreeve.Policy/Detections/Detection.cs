using NodaTime;

namespace Mailreeve.Policy.Detections;

/// <summary>A sensor of ours saw an address attack (C5). It is evidence, never a verdict.</summary>
public sealed record Detection
{
    /// <summary>Who saw it; what one sensor says twice is still the word of one.</summary>
    public required string Sensor { get; init; }

    /// <summary>What it looked like: XARF v4 <c>category/type</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How many hosts, ports or accounts were tried; 1 or more.</summary>
    public required long Targets { get; init; }

    /// <summary>Whether a connection was seen to be made from the address. The source of single packets is whatever they say.</summary>
    public required bool IsTwoWay { get; init; }

    /// <summary>When it was first seen.</summary>
    public required Instant FirstAt { get; init; }

    /// <summary>When it was last seen.</summary>
    public required Instant LastAt { get; init; }
}
