using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>bouncer add NAME</c></summary>
public static class BouncerAddCommand
{
    /// <summary>Adds a bouncer, makes its key and prints it, which is the only time that it is shown.</summary>
    /// <param name="database">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="takesRanges">Whether it takes prefixes.</param>
    /// <param name="by">Who adds it.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when the name is in use or is none.</returns>
    public static async Task<int> RunAsync(Database database, string name, bool takesRanges, Actor by, Instant now, TextWriter output, CancellationToken stop)
    {
        if (Operator.NameProblem(name) is { } problem)
        {
            await output.WriteLineAsync(problem);
            return 1;
        }

        var key = ProgramKey.Make();
        if (!await database.WriteAsync(db => new BouncerStore(db).AddAsync(name, ProgramKey.HashOf(key), takesRanges, by, now, stop), stop))
        {
            await output.WriteLineAsync($"There is a bouncer {name} already.");
            return 1;
        }

        await output.WriteLineAsync($"{name} may ask which addresses are blocked. Its key is not shown again:");
        await output.WriteLineAsync(key);
        return 0;
    }
}
