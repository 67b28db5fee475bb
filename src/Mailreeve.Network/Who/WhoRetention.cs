using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>How long it is kept who had an address, and who asked. Both say what customers do; what nobody needs any more is deleted.</summary>
public sealed record WhoRetention
{
    /// <summary>The shortest time: a report is not written the moment after.</summary>
    public static readonly Duration Least = Duration.FromHours(24);

    /// <summary>Sessions, leases and port blocks, counted from their end. Default 180 days: what a report says of older things makes no case.</summary>
    public Duration Sessions { get; init; } = Duration.FromDays(180);

    /// <summary>Who asked who had an address, and what they were told. Default 366 days: whoever looks into it looks at a year.</summary>
    public Duration Questions { get; init; } = Duration.FromDays(366);
}
