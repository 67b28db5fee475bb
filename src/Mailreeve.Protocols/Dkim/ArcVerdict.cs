namespace Mailreeve.Protocols.Dkim;

/// <summary>What was found about a chain.</summary>
/// <param name="Result">The result.</param>
/// <param name="Reason">Why, in words; empty when it is whole. Nothing of it comes from the message.</param>
public sealed record ArcVerdict(ArcResult Result, string Reason)
{
    /// <summary>The links, oldest first; empty unless the chain is whole. What they say is worth what their domains are trusted.</summary>
    public IReadOnlyList<ArcLink> Links { get; init; } = [];

    /// <summary>The oldest set whose message signature still holds: nobody changed the message since (RFC 8617 §5.2). 0 without a chain.</summary>
    public int OldestPass { get; init; }
}

/// <summary>One link of a chain.</summary>
/// <param name="Instance">Its number, from 1.</param>
/// <param name="Domain">Who sealed it.</param>
/// <param name="Results">What that one had found: the value of ARC-Authentication-Results after <c>i=</c>, folded.</param>
public sealed record ArcLink(int Instance, string Domain, string Results);
