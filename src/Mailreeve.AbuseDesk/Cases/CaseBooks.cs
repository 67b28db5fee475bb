using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
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

    /// <summary>What may be suspended where a case asks for it (C6): what is certainly meant, or null, and all that a person may choose from.</summary>
    public async Task<(SuspensionTarget? Certain, IReadOnlyList<SuspensionTarget> Choices)> SuspensionsAsync(
        DbSession db, AbuseCase open, Instant now, CancellationToken stop) =>
        (await planner.SuspensionOfAsync(db, open, now, stop), await planner.ChoicesAsync(db, open, stop));

    /// <summary>A book for this transaction.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="now">The time of everything that will be recorded.</param>
    /// <param name="cases">How many cases may be opened, about.</param>
    internal CaseBook Open(DbSession db, Instant now, int cases = 1) => new(db, policy, planner, now, cases);
}
