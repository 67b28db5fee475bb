using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Blocks that a person places, without a case. What it would hit is found out first, and whether that person may is decided by it.</summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the customers.</param>
/// <param name="policy">The policy in force.</param>
/// <param name="never">What is never blocked.</param>
/// <param name="clock">The time.</param>
public sealed class BlockDesk(Database database, LiveViews views, AbusePolicy policy, IReadOnlyList<NeverBlockEntry> never, IClock clock)
{
    /// <summary>How long a block lasts when nobody says.</summary>
    public static readonly Duration ExpiryDefault = Duration.FromDays(7);

    /// <summary>How long it may last; whoever wants longer looks at it again.</summary>
    public static readonly Duration ExpiryMax = Duration.FromDays(366);

    private const int ReasonLengthMax = 1000;

    /// <summary>What a block would hit, and what stands in its way; nothing is placed.</summary>
    public BlockPlan Plan(BlockOrder order, OperatorRole role)
    {
        var now = clock.GetCurrentInstant();
        var hit = Holders(order.Prefix, now);
        var facts = new BlockFacts([order.Prefix], never.FirstOrDefault(n => n.Prefix.Overlaps(order.Prefix)), Math.Max(0, hit.Count - 1));
        var problem = ProblemOf(policy, order.Clause, order.Reason, order.For) ?? BlockRules.DecideFor(role, policy, facts) switch
        {
            BlockVerdict.Never refused => refused.Why,
            _ => null,
        };
        return new BlockPlan(facts, [.. hit.Select(views.Directory.Find).OfType<CustomerFact>()], now, now + order.For, problem);
    }

    /// <summary>Places a block, unless something stands in its way.</summary>
    /// <returns>The plan that was carried out, and the block; no block when the plan has a problem.</returns>
    public async Task<(BlockPlan Plan, BlockId? Placed)> PlaceAsync(BlockOrder order, OperatorRole role, Actor by, CancellationToken stop)
    {
        var plan = Plan(order, role);
        if (plan.Problem is not null)
            return (plan, null);
        var id = await database.WriteAsync(async db =>
        {
            var block = new NewBlock
            {
                Id = new BlockId(await db.NextIdsAsync("block", 1, stop)),
                List = order.List,
                Customer = plan.Customers is [var one] ? one.Id : null,
                Prefix = order.Prefix,
                Scope = order.Scope,
                Clause = order.Clause,
                PolicyRevision = policy.Revision,
                Reason = order.Reason.Trim(),
                PlacedBy = by,
                StartsAt = plan.StartsAt,
                ExpiresAt = plan.ExpiresAt,
            };
            await new BlockStore(db).PlaceAsync([block], stop);
            return block.Id;
        }, stop);
        return (plan, id);
    }

    /// <summary>What a block of all that a customer has would hit now, and what stands in its way; nothing is placed.</summary>
    /// <remarks>A customer who has no address now may get one later, so that is no obstacle.</remarks>
    public async Task<BlockPlan> PlanAsync(CustomerBlockOrder order, OperatorRole role, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var directory = views.Directory;
        var sessions = await database.ReadAsync(db => new CustomerBlockStore(db).SessionPrefixesAsync(directory.TreeOf(order.Customer), stop), stop);
        var prefixes = CustomerBlocks.PrefixesOf(directory, sessions, order.Customer, now);
        var facts = new BlockFacts(prefixes, never.FirstOrDefault(n => prefixes.Any(n.Prefix.Overlaps)), 0);
        var verdict = prefixes.Count > 0 ? BlockRules.DecideFor(role, policy, facts)
            : OperatorRules.May(role, DeskAction.PlaceBlocks) ? new BlockVerdict.Allowed()
            : new BlockVerdict.Never("Your role does not place blocks.");
        var problem = ProblemOf(policy, order.Clause, order.Reason, order.For)
            ?? (directory.Find(order.Customer) is null ? "There is no such customer." : (verdict as BlockVerdict.Never)?.Why);
        return new BlockPlan(facts, [.. directory.TreeOf(order.Customer).Select(directory.Find).OfType<CustomerFact>()], now, now + order.For, problem);
    }

    /// <summary>Blocks all that a customer has, now and until it is over, unless something stands in its way.</summary>
    /// <returns>The plan that was carried out, and the number of the block; no number when the plan has a problem.</returns>
    public async Task<(BlockPlan Plan, long? Placed)> PlaceAsync(CustomerBlockOrder order, OperatorRole role, Actor by, CancellationToken stop)
    {
        var plan = await PlanAsync(order, role, stop);
        if (plan.Problem is not null)
            return (plan, null);
        var id = await database.WriteAsync(async db =>
        {
            var block = new NewCustomerBlock
            {
                Id = await db.NextIdsAsync("customer_block", 1, stop),
                Customer = order.Customer,
                Scope = order.Scope,
                Clause = order.Clause,
                PolicyRevision = policy.Revision,
                Reason = order.Reason.Trim(),
                PlacedBy = by,
                StartsAt = plan.StartsAt,
                ExpiresAt = plan.ExpiresAt,
            };
            await new CustomerBlockStore(db).PlaceAsync(block, stop);
            await CustomerBlocks.PlaceAsync(db, block, plan.Facts.Prefixes, plan.StartsAt, stop);
            return block.Id;
        }, stop);
        return (plan, id);
    }

    // The same for an address and for a name.
    internal static string? ProblemOf(AbusePolicy policy, ClauseId clause, string reason, Duration time)
    {
        if (reason.Trim().Length is 0 or > ReasonLengthMax)
            return $"Say why, in at most {ReasonLengthMax} characters. Whoever is blocked reads it.";
        if (!policy.Clauses.Any(c => c.Id == clause))
            return $"The policy has no clause {clause}.";
        return time <= Duration.Zero || time > ExpiryMax ? $"A block lasts {ExpiryMax.Days} days at most." : null;
    }

    // Those whose the addresses are; one who has passed all of it on is not hit twice.
    private List<CustomerId> Holders(Prefix prefix, Instant now)
    {
        var directory = views.Directory;
        var all = directory.HoldersIn(prefix, now);
        var above = all.SelectMany(c => directory.ChainIdsOf(c).Where(u => u != c)).ToHashSet();
        return [.. all.Where(c => !above.Contains(c))];
    }
}

/// <summary>What a person wants blocked.</summary>
/// <param name="Prefix">An address or a prefix.</param>
/// <param name="Scope">What kind of traffic.</param>
/// <param name="Clause">The clause it rests on.</param>
/// <param name="Reason">Why, as the blocked party may read it.</param>
/// <param name="For">How long.</param>
/// <param name="List">The list of others that it is kept in; null for none.</param>
public sealed record BlockOrder(Prefix Prefix, BlockScope Scope, ClauseId Clause, string Reason, Duration For, string? List = null);

/// <summary>A customer all of whose addresses a person wants blocked, whatever they are as time goes on.</summary>
/// <param name="Customer">Whose. Those below it are hit too: what they have is the customer's (C2).</param>
/// <param name="Scope">What kind of traffic.</param>
/// <param name="Clause">The clause it rests on.</param>
/// <param name="Reason">Why, as the customer may read it.</param>
/// <param name="For">How long.</param>
public sealed record CustomerBlockOrder(CustomerId Customer, BlockScope Scope, ClauseId Clause, string Reason, Duration For);

/// <summary>What a block would hit.</summary>
/// <param name="Facts">The addresses, and whether they are never blocked.</param>
/// <param name="Customers">Customers of ours who have an address in it.</param>
/// <param name="StartsAt">From when it would be.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Problem">What stands in its way, as a sentence; null when nothing does.</param>
public sealed record BlockPlan(BlockFacts Facts, IReadOnlyList<CustomerFact> Customers, Instant StartsAt, Instant ExpiresAt, string? Problem);
