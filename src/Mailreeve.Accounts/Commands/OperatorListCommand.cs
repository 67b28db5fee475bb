using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>operator list</c></summary>
public static class OperatorListCommand
{
    /// <summary>Prints all operators, one in a line: name, role, since when disabled.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var operators = await database.ReadAsync(db => new OperatorStore(db).ListAsync(stop), stop);
        foreach (var o in operators)
            await output.WriteLineAsync($"{o.Name,-16}  {EnumText.Of(o.Role)}{(o.DisabledAt is { } at ? $"  (disabled since {at})" : "")}");
        if (operators.Count == 0)
            await output.WriteLineAsync("There are no operators. Write: mailreeve operator add NAME --role admin");
        return 0;
    }
}
