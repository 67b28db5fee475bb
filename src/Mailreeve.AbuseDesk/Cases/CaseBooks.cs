using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>Opens case books with what they all need.</summary>
public sealed class CaseBooks(AbusePolicy policy, Provider provider, LiveViews views)
{
    private readonly BlockPlanner planner = new(policy, provider, views);

    /// <summary>The policy in force.</summary>
    public AbusePolicy Policy => policy;

    /// <summary>A book for this transaction.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="now">The time of everything that will be recorded.</param>
    /// <param name="cases">How many cases may be opened, about.</param>
    internal CaseBook Open(DbSession db, Instant now, int cases = 1) => new(db, policy, planner, now, cases);
}
