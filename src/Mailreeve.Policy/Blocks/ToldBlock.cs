using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>A block that somebody who enforces on his own was told of.</summary>
public sealed record ToldBlock : BlockTarget
{
    /// <summary>The block.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The clause it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>When that was; when it was taken back, if <see cref="IsTakenBack"/>.</summary>
    public required Instant ToldAt { get; init; }

    /// <summary>Whether it was also told that the block is over.</summary>
    public bool IsTakenBack { get; init; }
}
