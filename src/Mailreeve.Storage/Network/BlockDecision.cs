using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>What was decided about a block, whatever it blocks: an address, a name, or all that a customer has.</summary>
public abstract record BlockDecision
{
    /// <summary>The clause.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>Why, as the blocked party may read it.</summary>
    public required string Reason { get; init; }

    /// <summary>Who decided.</summary>
    public required Actor PlacedBy { get; init; }

    /// <summary>From when.</summary>
    public required Instant StartsAt { get; init; }

    /// <summary>Until when, at the latest; at this instant it is over.</summary>
    public required Instant ExpiresAt { get; init; }

    /// <summary>Whether its time is now.</summary>
    public bool IsInForce(Instant now) => StartsAt <= now && now < ExpiresAt;
}
