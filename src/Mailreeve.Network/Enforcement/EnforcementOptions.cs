using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>How a <see cref="Reconciler"/> works.</summary>
public sealed record EnforcementOptions
{
    /// <summary>The name of this machine in rows.</summary>
    public required string Node { get; init; }

    /// <summary>How long blocks stay in force without a word from us: 15 minutes, time enough for a restart and for an upgrade.</summary>
    public Duration Lease { get; init; } = Duration.FromMinutes(15);

    /// <summary>How often the clock is looked at: a block begins and ends this much late at most.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it rests before it tries again at most, having failed several times: 1 second for what is on this machine.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(1);
}
