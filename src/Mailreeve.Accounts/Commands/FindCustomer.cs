using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Accounts.Commands;

/// <summary>The customer that a command names by registration number.</summary>
internal static class FindCustomer
{
    /// <summary>The customer; null when there is none, which has then been printed.</summary>
    public static async Task<CustomerFact?> ByNumberAsync(Database database, string text, TextWriter output, CancellationToken stop)
    {
        if (!RegNumber.TryParse(text, out var number, out var problem))
        {
            await output.WriteLineAsync($"'{text}': {problem}");
            return null;
        }

        var customer = await database.ReadAsync(db => new CustomerStore(db).FindByRegNumberAsync(number, stop), stop);
        if (customer is null)
            await output.WriteLineAsync($"No customer has the number {number}.");
        return customer;
    }
}
