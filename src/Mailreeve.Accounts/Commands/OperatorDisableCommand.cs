using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>operator disable NAME</c></summary>
public static class OperatorDisableCommand
{
    /// <summary>Takes an operator's sign-in away.</summary>
    /// <returns>0; 1 when there is no such operator, or the sign-in was taken away before.</returns>
    public static async Task<int> RunAsync(Database database, string name, IClock clock, TextWriter output, CancellationToken stop)
    {
        var disabled = await database.WriteAsync(db => new OperatorStore(db).DisableAsync(name, clock.GetCurrentInstant(), stop), stop);
        await output.WriteLineAsync(disabled ? $"{name} cannot sign in any more." : $"There is no active operator {name}.");
        return disabled ? 0 : 1;
    }
}
