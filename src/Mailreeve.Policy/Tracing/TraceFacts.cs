using NodaTime;

namespace Mailreeve.Policy.Tracing;

/// <summary>What is known about a trace that somebody shows us.</summary>
public sealed record TraceFacts
{
    /// <summary>Whether there was anything that looks like a trace of ours.</summary>
    public required bool IsFound { get; init; }

    /// <summary>Whether the submission log has its id.</summary>
    public required bool IsLogged { get; init; }

    /// <summary>Whether its code is ours and bound to what the log says; null when only the id was shown.</summary>
    public required bool? CodeHolds { get; init; }

    /// <summary>How the body compares with the one that was sent.</summary>
    public required TracedBody Body { get; init; }

    /// <summary>When the key that it was made with was retired; null while it is in use.</summary>
    public Instant? KeyRetiredAt { get; init; }
}

/// <summary>How a body that is shown compares with the one that was sent.</summary>
public enum TracedBody
{
    /// <summary>It was not shown.</summary>
    Missing,

    /// <summary>It is the same, up to white space.</summary>
    Same,

    /// <summary>It is a part of it, or a changed copy; or there is too little of it to tell.</summary>
    Alike,

    /// <summary>It is another one.</summary>
    Different,
}
