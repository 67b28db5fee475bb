using NodaTime;

namespace Mailreeve.Policy.Clocks;

/// <summary>What the machine's clock has shown so far, as the program remembers it beyond a restart.</summary>
/// <param name="TrustedAt">The latest time that is trusted.</param>
/// <param name="LeaptAt">What the clock showed when it was first found far ahead of that; null while it is trusted.</param>
/// <param name="SeenAt">The latest that it has shown since then; null while it is trusted.</param>
public sealed record ClockReading(Instant TrustedAt, Instant? LeaptAt = null, Instant? SeenAt = null)
{
    /// <summary>Whether what cannot be undone may be done by this clock.</summary>
    public bool IsTrusted => LeaptAt is null;
}
