using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;

namespace Mailreeve.Network.Commands;

/// <summary><c>block add TARGET --clause C --reason TEXT</c></summary>
public static class BlockAddCommand
{
    /// <summary>Blocks a name, or only says what stands in the way.</summary>
    /// <returns>0; 1 when something stands in its way.</returns>
    public static async Task<int> RunAsync(
        NameBlockDesk desk, NameBlockOrder order, OperatorRole role, Actor by, bool dryRun, TextWriter output, CancellationToken stop)
    {
        var problem = dryRun ? desk.ProblemOf(order, role) : await desk.PlaceAsync(order, role, by, stop);
        await output.WriteLineAsync($"{order.Name} and everything below it, for {DurationText.Print(order.For)}, at the resolvers that have the zone of blocked names");
        await output.WriteLineAsync(problem is not null ? $"Not placed. {problem}"
            : dryRun ? "Nothing stands in its way; nothing was placed."
            : "Placed.");
        return problem is null ? 0 : 1;
    }

    /// <summary>Places a block, or only says what it would hit.</summary>
    /// <param name="desk">Places it.</param>
    /// <param name="order">The block.</param>
    /// <param name="role">What the one who places it is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="dryRun">Whether nothing is placed.</param>
    /// <param name="output">Where it tells.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when something stands in its way, be it another operator's yes.</returns>
    public static async Task<int> RunAsync(
        BlockDesk desk, BlockOrder order, OperatorRole role, Actor by, bool dryRun, TextWriter output, CancellationToken stop)
    {
        var (plan, outcome) = dryRun ? (await desk.PlanAsync(order, role, stop), null) : await desk.PlaceAsync(order, role, by, stop);
        await output.WriteLineAsync($"{BlockWords.Of(order.Scope, plan.Facts.Prefixes)}, until {plan.ExpiresAt:uuuu-MM-dd HH:mm} UTC: {plan.Size}");
        return await TellAsync(plan, outcome, placed => $"Placed as block {placed}. 'mailreeve {(order.List is null ? "block" : "thirdparty")} list' shows it.", output);
    }

    /// <summary>Tells what a block hits and what became of it.</summary>
    /// <param name="plan">What it hits.</param>
    /// <param name="outcome">What became of it; null when nothing was to be placed.</param>
    /// <param name="placed">Says that it was placed, with its number.</param>
    /// <param name="output">Where it tells.</param>
    /// <returns>0; 1 when it is not in force, or would not be.</returns>
    internal static async Task<int> TellAsync(BlockPlan plan, BlockOutcome? outcome, Func<long, string> placed, TextWriter output)
    {
        foreach (var customer in plan.Customers)
            await output.WriteLineAsync($"hits {customer.RegNumber}  {customer.Name}");
        if (plan.Sites is { } sites)
            await output.WriteLineAsync($"hits sites of others: {sites}");
        await output.WriteLineAsync(outcome switch
        {
            BlockOutcome.Placed done => placed(done.Number),
            BlockOutcome.Refused refused => $"Not placed. {refused.Why}",
            BlockOutcome.Waits waits => $"Not in force yet. {plan.FourEyes} Another operator must say yes until {waits.Until:uuuu-MM-dd HH:mm} UTC, on the desk or with "
                + $"'mailreeve block confirm {waits.Proposal} --as NAME'.",
            _ when plan.Problem is { } problem => $"Not placed. {problem}",
            _ when plan.FourEyes is { } why => $"Nothing was placed. {why} Another operator would have to say yes, too.",
            _ => "Nothing stands in its way; nothing was placed.",
        });
        return outcome is BlockOutcome.Placed || (outcome is null && plan is { Problem: null, FourEyes: null }) ? 0 : 1;
    }
}
