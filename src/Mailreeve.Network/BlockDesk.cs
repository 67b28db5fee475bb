using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>
/// Blocks that a person places, without a case. What it would hit is found out first, and whether that person may, and may alone, is decided
/// by it.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the customers.</param>
/// <param name="policy">The policy in force.</param>
/// <param name="provider">What is ours, and what is never blocked.</param>
/// <param name="clock">The time.</param>
public sealed class BlockDesk(Database database, LiveViews views, AbusePolicy policy, Provider provider, IClock clock)
{
    /// <summary>How long a block lasts when nobody says.</summary>
    public static readonly Duration ExpiryDefault = Duration.FromDays(7);

    /// <summary>How long it may last; whoever wants longer looks at it again.</summary>
    public static readonly Duration ExpiryMax = Duration.FromDays(366);

    internal const int ReasonLengthMax = 1000;
    private const long ProposalsMax = 1000;

    /// <summary>What a block would hit, and what stands in its way; nothing is placed.</summary>
    public async Task<BlockPlan> PlanAsync(BlockOrder order, OperatorRole role, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var hit = Holders(order.Prefix, now);
        var facts = await FactsAsync([order.Prefix], hit, Math.Max(0, hit.Count - 1), now, stop);
        var problem = ProblemOf(policy, order.Clause, order.Reason, order.For)
            ?? (order.List is null ? null : ThirdPartyRules.ProblemOf(order.Prefix, provider.Networks));
        return PlanOf(facts, hit, order.For, problem, BlockRules.DecideFor(role, policy, facts), now);
    }

    /// <summary>Places a block, unless something stands in its way or another operator must say yes first.</summary>
    /// <returns>The plan, and what became of it.</returns>
    public async Task<(BlockPlan Plan, BlockOutcome Outcome)> PlaceAsync(BlockOrder order, OperatorRole role, Actor by, CancellationToken stop)
    {
        var plan = await PlanAsync(order, role, stop);
        return (plan, await CarryOutAsync(
            plan,
            (id, why) => ProposalOf(id, order.Scope, order.Clause, order.Reason, order.For, why, by, plan.StartsAt) with { Prefix = order.Prefix, List = order.List },
            db => PlaceAsync(db, order, plan, by, stop), stop));
    }

    /// <summary>What a block of all that a customer has would hit now, and what stands in its way; nothing is placed.</summary>
    /// <remarks>A customer who has no address now may get one later, so that is no obstacle.</remarks>
    public async Task<BlockPlan> PlanAsync(CustomerBlockOrder order, OperatorRole role, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var directory = views.Directory;
        var tree = directory.TreeOf(order.Customer);
        var sessions = await database.ReadAsync(db => new CustomerBlockStore(db).SessionPrefixesAsync(tree, stop), stop);
        var facts = await FactsAsync(CustomerBlocks.PrefixesOf(directory, sessions, order.Customer, now), [order.Customer], 0, now, stop);
        var verdict = facts.Prefixes.Count > 0 ? BlockRules.DecideFor(role, policy, facts)
            : OperatorRules.May(role, DeskAction.PlaceBlocks) ? new BlockVerdict.Allowed()
            : new BlockVerdict.Never("Your role does not place blocks.");
        var problem = ProblemOf(policy, order.Clause, order.Reason, order.For)
            ?? (directory.Find(order.Customer) is null ? "There is no such customer." : null);
        return PlanOf(facts, tree, order.For, problem, verdict, now);
    }

    /// <summary>Blocks all that a customer has, now and until it is over, unless something stands in its way or another operator must say yes first.</summary>
    /// <returns>The plan, and what became of it.</returns>
    public async Task<(BlockPlan Plan, BlockOutcome Outcome)> PlaceAsync(CustomerBlockOrder order, OperatorRole role, Actor by, CancellationToken stop)
    {
        var plan = await PlanAsync(order, role, stop);
        return (plan, await CarryOutAsync(
            plan,
            (id, why) => ProposalOf(id, order.Scope, order.Clause, order.Reason, order.For, why, by, plan.StartsAt) with { Customer = order.Customer },
            db => PlaceAsync(db, order, plan, by, stop), stop));
    }

    /// <summary>Writes a block that nothing stands in the way of.</summary>
    /// <returns>Its number.</returns>
    internal async Task<long> PlaceAsync(DbSession db, BlockOrder order, BlockPlan plan, Actor by, CancellationToken stop)
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
        return block.Id.Value;
    }

    /// <summary>Writes a block of all that a customer has, with what that is now.</summary>
    /// <returns>Its number.</returns>
    internal async Task<long> PlaceAsync(DbSession db, CustomerBlockOrder order, BlockPlan plan, Actor by, CancellationToken stop)
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

    private NewBlockProposal ProposalOf(long id, BlockScope scope, ClauseId clause, string reason, Duration time, string why, Actor by, Instant now) => new()
    {
        Id = id,
        Scope = scope,
        Clause = clause,
        PolicyRevision = policy.Revision,
        Reason = reason.Trim(),
        Lasts = time,
        Why = why,
        ProposedBy = by,
        ProposedAt = now,
        ExpiresAt = now + ProposalRules.WaitsAtMost,
        State = ProposalState.Waiting,
    };

    private async Task<BlockOutcome> CarryOutAsync(
        BlockPlan plan, Func<long, string, NewBlockProposal> propose, Func<DbSession, Task<long>> place, CancellationToken stop) => plan switch
    {
        { Problem: { } problem } => new BlockOutcome.Refused(problem),
        { FourEyes: { } why } => await ProposeAsync(id => propose(id, why), stop),
        _ => new BlockOutcome.Placed(await database.WriteAsync(place, stop)),
    };

    // Who sends a form twice wants one block.
    private Task<BlockOutcome> ProposeAsync(Func<long, NewBlockProposal> proposalOf, CancellationToken stop) =>
        database.WriteAsync<BlockOutcome>(async db =>
        {
            var store = new BlockProposalStore(db);
            var proposal = proposalOf(await db.NextIdsAsync("block_proposal", 1, stop));
            var same = (await store.WaitingAsync(ProposalsMax, stop)).FirstOrDefault(p =>
                (p.Prefix, p.CustomerId, p.Scope, p.List) == (proposal.Prefix, proposal.Customer, proposal.Scope, proposal.List) && proposal.ProposedAt < p.ExpiresAt);
            if (same is not null)
                return new BlockOutcome.Refused($"That waits for a second person already: it is proposal {same.Id}, by {same.ProposedBy}.");
            await store.AddAsync(proposal, stop);
            return new BlockOutcome.Waits(proposal.Id, proposal.ExpiresAt);
        }, stop);

    private BlockPlan PlanOf(BlockFacts facts, IEnumerable<CustomerId> hit, Duration time, string? problem, BlockVerdict verdict, Instant now) => new(
        facts, [.. hit.Select(views.Directory.Find).OfType<CustomerFact>()], now, now + time,
        problem ?? (verdict as BlockVerdict.Never)?.Why, (verdict as BlockVerdict.FourEyes)?.Why);

    // Whom it is meant for are those whose the addresses are; an address of a downstream often has a name in its upstream's domain.
    private async Task<BlockFacts> FactsAsync(IReadOnlyList<Prefix> prefixes, IReadOnlyList<CustomerId> hit, long others, Instant now, CancellationToken stop)
    {
        var directory = views.Directory;
        var meant = hit.SelectMany(c => directory.TreeOf(c).Concat(directory.ChainIdsOf(c))).ToHashSet();
        var known = await database.ReadAsync(db => new HostStore(db).AtAsync(prefixes, SiteReach.KnownMax, stop), stop);
        return new BlockFacts(prefixes, provider.NeverBlock.FirstOrDefault(n => prefixes.Any(n.Prefix.Overlaps)), others)
        {
            OtherSites = SiteReach.Others(known.Select(h => directory.SiteAt(h.Host, h.Address, now)), meant),
        };
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
