using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>customer list</c></summary>
public static class CustomerListCommand
{
    /// <summary>Prints all customers, one in a line: number, state, name, upstream.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var customers = await database.ReadAsync(db => new CustomerStore(db).ListAsync(stop), stop);
        var numbers = customers.ToDictionary(c => c.Id, c => c.RegNumber);
        foreach (var c in customers)
        {
            var upstream = c.Upstream is { } up ? $"  (downstream of {numbers[up]})" : "";
            await output.WriteLineAsync($"{c.RegNumber}  {EnumText.Of(c.State),-9}  {c.Name}{upstream}");
        }

        if (customers.Count == 0)
            await output.WriteLineAsync("There are no customers.");
        return 0;
    }
}
