using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;

namespace Mailreeve.Network.Commands;

/// <summary><c>block confirm NUMBER</c></summary>
public static class BlockConfirmCommand
{
    /// <summary>Says yes to a block that another operator wants.</summary>
    /// <returns>0; 1 when something stands in its way.</returns>
    public static async Task<int> RunAsync(BlockProposals proposals, long number, OperatorRole role, Actor by, TextWriter output, CancellationToken stop)
    {
        var outcome = await proposals.ConfirmAsync(number, role, by, stop);
        await output.WriteLineAsync(outcome is BlockOutcome.Refused refused ? $"Not placed. {refused.Why}" : "Placed. 'mailreeve block list' shows it.");
        return outcome is BlockOutcome.Placed ? 0 : 1;
    }
}
