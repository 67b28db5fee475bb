using Mailreeve.Accounts.Addresses;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>address-plan [--customer REG]</c></summary>
public static class AddressPlanCommand
{
    /// <summary>Prints which customers' sites share an address, and which free address each could have instead. Nothing is changed.</summary>
    /// <param name="database">Where.</param>
    /// <param name="views">Has the customers.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="regNumber">Only what this customer has a part in; null for all.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where it is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such customer.</returns>
    public static async Task<int> RunAsync(
        Database database, LiveViews views, Provider provider, string? regNumber, Instant now, TextWriter output, CancellationToken stop)
    {
        var directory = views.Directory;
        var customer = regNumber is null ? null : directory.Customers.FirstOrDefault(c => c.RegNumber == regNumber.Trim());
        if (regNumber is not null && customer is null)
        {
            await output.WriteLineAsync($"There is no customer {regNumber}.");
            return 1;
        }

        var plan = await database.ReadAsync(db => AddressPlanDesk.FindAsync(db, directory, provider, customer?.Id, now, stop), stop);
        foreach (var shared in plan)
        {
            await output.WriteLineAsync($"{shared.Address} is shared by {shared.Shares.Count} customers");
            foreach (var share in shared.Shares)
            {
                var who = directory.Find(share.Customer);
                var what = share.Hosts.Count > 0 ? string.Join(", ", share.Hosts) : "has it assigned";
                var proposal = share.Keeps ? "keeps it" : share.Proposed is { } free ? $"could have {free}" : $"no address is free in {shared.Around}";
                await output.WriteLineAsync($"   {who?.RegNumber}  {who?.Name}: {what}; {proposal}");
            }
        }

        if (plan.Count == 0)
            await output.WriteLineAsync("No sites of different customers are known to share an address.");
        return 0;
    }
}
