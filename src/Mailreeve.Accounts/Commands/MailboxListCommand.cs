using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox list [--customer REG-NUMBER]</c></summary>
public static class MailboxListCommand
{
    private const long PageSize = 500;

    /// <summary>Prints mailboxes, one in a line: address, state, steps of extra storage, last use, customer.</summary>
    /// <param name="database">Where.</param>
    /// <param name="regNumber">Only those of this customer; null for all.</param>
    /// <param name="output">Where they are printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such customer.</returns>
    public static async Task<int> RunAsync(Database database, string? regNumber, TextWriter output, CancellationToken stop)
    {
        CustomerFact? only = null;
        if (regNumber is not null && (only = await FindCustomer.ByNumberAsync(database, regNumber, output, stop)) is null)
            return 1;

        var customers = (await database.ReadAsync(db => new CustomerStore(db).ListAsync(stop), stop)).ToDictionary(c => c.Id);
        var count = 0;
        IReadOnlyList<MailboxRow> page;
        var after = new MailboxId(0);
        do
        {
            page = only is null
                ? await database.ReadAsync(db => new MailboxStore(db).PageAsync(after, PageSize, stop), stop)
                : await database.ReadAsync(db => new MailboxStore(db).OfCustomerAsync(only.Id, stop), stop);
            foreach (var m in page)
                await output.WriteLineAsync($"{m.Address,-32}  {EnumText.Of(m.State),-9}  {m.ExtraSteps,2} steps  {m.LastUsedAt:uuuu-MM-dd}  {customers[m.CustomerId].RegNumber}");
            count += page.Count;
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (only is null && page.Count == PageSize);

        if (count == 0)
            await output.WriteLineAsync("There are no mailboxes.");
        return 0;
    }
}
