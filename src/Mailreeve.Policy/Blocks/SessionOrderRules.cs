using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>When the session of a blocked address is ended or changed. Pure.</summary>
/// <remarks>
/// A customer whose session is ended begins another at once. Each further one waits longer, so that the access server has peace.
/// </remarks>
public static class SessionOrderRules
{
    /// <summary>For so long it counts that a session of the address was ended or changed before.</summary>
    public static readonly Duration Memory = Duration.FromHours(1);

    private static readonly Duration WaitStep = Duration.FromSeconds(5);
    private static readonly Duration WaitMax = Duration.FromMinutes(10);

    /// <summary>How long the next one waits.</summary>
    /// <param name="before">How many of the same block and the same address there were within <see cref="Memory"/>.</param>
    public static Duration WaitAfter(long before) => Duration.Min(WaitStep * Math.Min(before, 1_000) * Math.Min(before, 1_000), WaitMax);
}
