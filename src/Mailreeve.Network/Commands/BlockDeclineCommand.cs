using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;

namespace Mailreeve.Network.Commands;

/// <summary><c>block decline NUMBER --reason TEXT</c></summary>
public static class BlockDeclineCommand
{
    /// <summary>Says no to a block that another operator wants.</summary>
    /// <returns>0; 1 when something stands in the way of that.</returns>
    public static async Task<int> RunAsync(
        BlockProposals proposals, long number, OperatorRole role, Actor by, string reason, TextWriter output, CancellationToken stop)
    {
        var problem = await proposals.DeclineAsync(number, role, by, reason, stop);
        await output.WriteLineAsync(problem ?? "Declined: nothing is placed.");
        return problem is null ? 0 : 1;
    }
}
