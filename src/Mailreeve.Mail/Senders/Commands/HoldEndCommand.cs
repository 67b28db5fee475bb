using Mailreeve.Policy;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Senders.Commands;

/// <summary><c>hold release|drop NUMBER --reason TEXT</c></summary>
public static class HoldEndCommand
{
    // Whoever may read the configuration on the machine itself.
    private static readonly Actor CommandLine = Actor.Operator("command line");

    /// <summary>Lets the mail under a hold go, or drops it.</summary>
    /// <returns>0; 1 when there is no such hold, or it has ended.</returns>
    public static async Task<int> RunAsync(HoldDesk desk, HoldId id, HoldOutcome outcome, string reason, TextWriter output, CancellationToken stop)
    {
        var problem = await desk.EndAsync(id, outcome, CommandLine, reason, stop);
        await output.WriteLineAsync(problem ?? (outcome == HoldOutcome.Released
            ? $"{id} is released: its mail goes out, and the sender may send again."
            : $"{id} is dropped: nobody gets its mail. The sender may send again; suspend the mailbox or set another password if it was hijacked."));
        return problem is null ? 0 : 1;
    }
}
