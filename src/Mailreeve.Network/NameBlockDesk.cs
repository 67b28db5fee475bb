using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Blocks of names that a person places.</summary>
/// <param name="database">The database.</param>
/// <param name="policy">The policy in force.</param>
/// <param name="provider">Its names are never blocked, nor anything above them.</param>
/// <param name="suffixes">Below which names anybody may register one.</param>
/// <param name="clock">The time.</param>
public sealed class NameBlockDesk(Database database, AbusePolicy policy, Provider provider, PublicSuffixList suffixes, IClock clock)
{
    private readonly string[] own = [.. provider.Domains, provider.HostName, new Uri(provider.BaseUrl).Host];

    /// <summary>What stands in the way of a block, as a sentence; null when nothing does.</summary>
    public string? ProblemOf(NameBlockOrder order, OperatorRole role) =>
        BlockDesk.ProblemOf(policy, order.Clause, order.Reason, order.For)
        ?? (NameBlockRules.Decide(role, order.Name, own, suffixes) is BlockVerdict.Never never ? never.Why : null);

    /// <summary>Blocks a name and everything below it.</summary>
    /// <returns>What stands in the way; null when it is blocked.</returns>
    public async Task<string?> PlaceAsync(NameBlockOrder order, OperatorRole role, Actor by, CancellationToken stop)
    {
        if (ProblemOf(order, role) is { } problem)
            return problem;
        var now = clock.GetCurrentInstant();
        var block = new NewNameBlock
        {
            Name = order.Name,
            Clause = order.Clause,
            PolicyRevision = policy.Revision,
            Reason = order.Reason.Trim(),
            PlacedBy = by,
            StartsAt = now,
            ExpiresAt = now + order.For,
        };
        return await database.WriteAsync(db => new NameBlockStore(db).PlaceAsync(block, stop), stop) ? null : $"{order.Name} is blocked already.";
    }
}

/// <summary>What a person wants blocked by name.</summary>
/// <param name="Name">The name, as <see cref="BlockedName"/> reads it.</param>
/// <param name="Clause">The clause it rests on.</param>
/// <param name="Reason">Why, as the blocked party may read it.</param>
/// <param name="For">How long.</param>
public sealed record NameBlockOrder(string Name, ClauseId Clause, string Reason, Duration For);
