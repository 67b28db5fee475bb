using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>What a block would hit.</summary>
/// <param name="Facts">The addresses, whether they are never blocked, and the sites of others there.</param>
/// <param name="Customers">Customers of ours who have an address in it.</param>
/// <param name="StartsAt">From when it would be.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Problem">What stands in its way, as a sentence; null when nothing does.</param>
/// <param name="FourEyes">Why another operator must say yes too, as a sentence; null when none must.</param>
public sealed record BlockPlan(
    BlockFacts Facts, IReadOnlyList<CustomerFact> Customers, Instant StartsAt, Instant ExpiresAt, string? Problem, string? FourEyes)
{
    /// <summary>Sites that are told by their names; further ones are counted.</summary>
    public const int SitesNamedMax = 10;

    /// <summary>The sites of others that would be hit, in words; null when none is known.</summary>
    public string? Sites => Facts.OtherSites.Count == 0 ? null
        : string.Join(", ", Facts.OtherSites.Take(SitesNamedMax))
            + (Facts.OtherSites.Count > SitesNamedMax ? $" and {Facts.OtherSites.Count - SitesNamedMax} more" : "");

    /// <summary>How many addresses, in words.</summary>
    public string Size => Facts.Addresses == ulong.MaxValue ? "more addresses than can be counted" : $"{Facts.Addresses} address(es)";
}

/// <summary>What became of an order.</summary>
public abstract record BlockOutcome
{
    private BlockOutcome()
    {
    }

    /// <summary>It is in force.</summary>
    /// <param name="Number">The block, or the block of all that a customer has.</param>
    public sealed record Placed(long Number) : BlockOutcome;

    /// <summary>It waits for another operator's yes.</summary>
    /// <param name="Proposal">Its number there.</param>
    /// <param name="Until">When that is over.</param>
    public sealed record Waits(long Proposal, Instant Until) : BlockOutcome;

    /// <summary>Something stands in its way.</summary>
    public sealed record Refused(string Why) : BlockOutcome;
}
