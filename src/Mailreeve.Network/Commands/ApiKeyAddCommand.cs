using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>api-key add NAME</c></summary>
public static class ApiKeyAddCommand
{
    /// <summary>Makes a key for a tool or sensor of the operator's and prints it, which is the only time that it is shown.</summary>
    /// <returns>0; 1 when the name is in use or is none.</returns>
    public static async Task<int> RunAsync(
        Database database, string name, ApiKeyPurpose purpose, Actor by, Instant now, TextWriter output, CancellationToken stop)
    {
        if (Operator.NameProblem(name) is { } problem)
        {
            await output.WriteLineAsync(problem);
            return 1;
        }

        var key = ProgramKey.Make();
        if (!await database.WriteAsync(db => new ApiKeyStore(db).AddAsync(name, purpose, ProgramKey.HashOf(key), by, now, stop), stop))
        {
            await output.WriteLineAsync($"There is a key {name} already.");
            return 1;
        }

        var may = purpose == ApiKeyPurpose.Who ? "may ask who had an address" : "may say what it saw";
        await output.WriteLineAsync($"{name} {may}. Its key is not shown again:");
        await output.WriteLineAsync(key);
        return 0;
    }
}
