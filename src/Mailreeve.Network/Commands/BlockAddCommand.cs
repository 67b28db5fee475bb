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
    /// <returns>0; 1 when something stands in its way.</returns>
    public static async Task<int> RunAsync(
        BlockDesk desk, BlockOrder order, OperatorRole role, Actor by, bool dryRun, TextWriter output, CancellationToken stop)
    {
        var (plan, placed) = dryRun ? (desk.Plan(order, role), null) : await desk.PlaceAsync(order, role, by, stop);
        var size = plan.Facts.Addresses == ulong.MaxValue ? "more addresses than can be counted" : $"{plan.Facts.Addresses} address(es)";
        await output.WriteLineAsync($"{BlockWords.Of(order.Scope, plan.Facts.Prefixes)}, until {plan.ExpiresAt:uuuu-MM-dd HH:mm} UTC: {size}");
        foreach (var customer in plan.Customers)
            await output.WriteLineAsync($"hits {customer.RegNumber}  {customer.Name}");
        await output.WriteLineAsync(plan.Problem is { } problem ? $"Not placed. {problem}"
            : placed is { } id ? $"Placed as block {id.Value}. 'mailreeve {(order.List is null ? "block" : "thirdparty")} list' shows it."
            : "Nothing stands in its way; nothing was placed.");
        return plan.Problem is null ? 0 : 1;
    }
}
