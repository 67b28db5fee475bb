using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>What a block stops, and when.</summary>
public abstract record BlockTarget
{
    /// <summary>What is blocked.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }

    /// <summary>From when.</summary>
    public required Instant StartsAt { get; init; }

    /// <summary>Until when; at this instant it is over.</summary>
    public required Instant ExpiresAt { get; init; }

    /// <summary>Whether its time is now.</summary>
    public bool IsInForce(Instant now) => StartsAt <= now && now < ExpiresAt;
}
