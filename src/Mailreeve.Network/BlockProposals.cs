using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Blocks that take two people: the second one looks at what it would hit now, and says yes or no.</summary>
/// <param name="database">The database.</param>
/// <param name="desk">Finds out what it would hit, and places it.</param>
/// <param name="clock">The time.</param>
public sealed class BlockProposals(Database database, BlockDesk desk, IClock clock)
{
    /// <summary>What it would hit now, as for this person; its problem is why this person cannot say yes.</summary>
    public async Task<BlockPlan> PlanAsync(BlockProposalRow proposal, OperatorRole role, Actor by, CancellationToken stop)
    {
        var plan = proposal.Prefix is { } prefix
            ? await desk.PlanAsync(OrderOf(proposal, prefix), role, stop)
            : await desk.PlanAsync(OrderOf(proposal, proposal.CustomerId!.Value), role, stop);
        return plan with { Problem = ProposalRules.ProblemOf(proposal, role, by, clock.GetCurrentInstant()) ?? plan.Problem };
    }

    /// <summary>Says yes, and so places the block, unless something stands in its way by now.</summary>
    /// <param name="id">Which.</param>
    /// <param name="role">What the second person is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="stop">Stops the work.</param>
    /// <remarks>Who wanted the block has placed it; who said yes is in the proposal.</remarks>
    public async Task<BlockOutcome> ConfirmAsync(long id, OperatorRole role, Actor by, CancellationToken stop)
    {
        if (await database.ReadAsync(db => new BlockProposalStore(db).FindAsync(id, stop), stop) is not { } proposal)
            return new BlockOutcome.Refused($"There is no proposal {id}.");
        var plan = await PlanAsync(proposal, role, by, stop);
        if (plan.Problem is { } problem)
            return new BlockOutcome.Refused(problem);
        return await database.WriteAsync<BlockOutcome>(async db =>
        {
            var store = new BlockProposalStore(db);
            if (!await store.TryDecideAsync(id, ProposalState.Confirmed, by, "", plan.StartsAt, stop))
                return new BlockOutcome.Refused("Somebody else has decided it in the meantime.");
            var placed = proposal.Prefix is { } prefix
                ? await desk.PlaceAsync(db, OrderOf(proposal, prefix), plan, proposal.ProposedBy, stop)
                : await desk.PlaceAsync(db, OrderOf(proposal, proposal.CustomerId!.Value), plan, proposal.ProposedBy, stop);
            await store.PlacedAsync(id, placed, stop);
            return new BlockOutcome.Placed(placed);
        }, stop);
    }

    /// <summary>Says no: nothing is placed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="role">What the second person is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="reason">Why; whoever wanted the block reads it.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>What stands in the way; null when it is declined.</returns>
    public async Task<string?> DeclineAsync(long id, OperatorRole role, Actor by, string reason, CancellationToken stop)
    {
        if (reason.Trim().Length is 0 or > BlockDesk.ReasonLengthMax)
            return $"Say why not, in at most {BlockDesk.ReasonLengthMax} characters. Whoever wanted the block reads it.";
        var now = clock.GetCurrentInstant();
        if (await database.ReadAsync(db => new BlockProposalStore(db).FindAsync(id, stop), stop) is not { } proposal)
            return $"There is no proposal {id}.";
        if (ProposalRules.ProblemOf(proposal, role, by, now) is { } problem)
            return problem;
        return await database.WriteAsync(db => new BlockProposalStore(db).TryDecideAsync(id, ProposalState.Declined, by, reason.Trim(), now, stop), stop)
            ? null
            : "Somebody else has decided it in the meantime.";
    }

    private static BlockOrder OrderOf(BlockProposalRow proposal, Prefix prefix) =>
        new(prefix, proposal.Scope, proposal.Clause, proposal.Reason, proposal.For, proposal.List);

    private static CustomerBlockOrder OrderOf(BlockProposalRow proposal, CustomerId customer) =>
        new(customer, proposal.Scope, proposal.Clause, proposal.Reason, proposal.For);
}
