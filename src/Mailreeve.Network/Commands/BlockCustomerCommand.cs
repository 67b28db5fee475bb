using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;

namespace Mailreeve.Network.Commands;

/// <summary><c>block add --customer NUMBER --clause C --reason TEXT</c></summary>
public static class BlockCustomerCommand
{
    /// <summary>Blocks all that a customer has, as that changes, or only says what it would hit now.</summary>
    /// <param name="desk">Places it.</param>
    /// <param name="order">The block.</param>
    /// <param name="role">What the one who places it is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="dryRun">Whether nothing is placed.</param>
    /// <param name="output">Where it tells.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when something stands in its way, be it another operator's yes.</returns>
    public static async Task<int> RunAsync(
        BlockDesk desk, CustomerBlockOrder order, OperatorRole role, Actor by, bool dryRun, TextWriter output, CancellationToken stop)
    {
        var (plan, outcome) = dryRun ? (await desk.PlanAsync(order, role, stop), null) : await desk.PlaceAsync(order, role, by, stop);
        await output.WriteLineAsync(plan.Facts.Prefixes.Count == 0
            ? $"No address now, until {plan.ExpiresAt:uuuu-MM-dd HH:mm} UTC whatever is theirs by then."
            : $"{BlockWords.Of(order.Scope, plan.Facts.Prefixes)}, and until {plan.ExpiresAt:uuuu-MM-dd HH:mm} UTC whatever is theirs by then.");
        return await BlockAddCommand.TellAsync(
            plan, outcome, _ => "Placed. 'mailreeve block list' tells where it is in force, 'mailreeve block lift --customer' lifts it.", output);
    }
}
