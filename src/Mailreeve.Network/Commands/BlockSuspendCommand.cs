using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;

namespace Mailreeve.Network.Commands;

/// <summary><c>block add MAILBOX</c> and <c>block add --customer NUMBER --service KIND/NAME</c></summary>
public static class BlockSuspendCommand
{
    /// <summary>Blocks a mailbox or a service, or only says what stands in the way.</summary>
    /// <param name="desk">Places it.</param>
    /// <param name="found">What is meant, or what is wrong as a sentence.</param>
    /// <param name="order">Makes the order of what is meant.</param>
    /// <param name="role">What the one who places it is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="dryRun">Whether nothing is placed.</param>
    /// <param name="output">Where it tells.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when something stands in its way.</returns>
    public static async Task<int> RunAsync(
        SuspensionDesk desk, (SuspensionTarget? Target, string? Problem) found, Func<SuspensionTarget, SuspensionOrder> order, OperatorRole role, Actor by,
        bool dryRun, TextWriter output, CancellationToken stop)
    {
        if (found.Target is not { } target)
        {
            await output.WriteLineAsync($"Not placed. {found.Problem}");
            return 1;
        }

        var wanted = order(target);
        await output.WriteLineAsync($"{target}, for {DurationText.Print(wanted.For)}. {desk.EffectOf(target)}");
        var outcome = dryRun
            ? await desk.ProblemOfAsync(wanted, role, stop) is { } problem ? new BlockOutcome.Refused(problem) : null
            : await desk.PlaceAsync(wanted, role, by, stop);
        await output.WriteLineAsync(outcome switch
        {
            BlockOutcome.Refused refused => $"Not placed. {refused.Why}",
            BlockOutcome.Placed placed => $"Placed as block {placed.Number}. 'mailreeve block list' shows it.",
            _ => "Nothing stands in its way; nothing was placed.",
        });
        return outcome is BlockOutcome.Refused ? 1 : 0;
    }
}
