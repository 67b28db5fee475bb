using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox domain add|remove|list|catch-all</c></summary>
public static class MailboxDomainCommand
{
    /// <summary>Keeps mail for a customer's domain.</summary>
    /// <returns>0; 1 when there is no such customer, or the domain cannot be taken in.</returns>
    public static async Task<int> AddAsync(Database database, MailboxDesk desk, string name, string regNumber, TextWriter output, CancellationToken stop)
    {
        if (await FindCustomer.ByNumberAsync(database, regNumber, output, stop) is not { } customer)
            return 1;
        return await TellAsync(await desk.AddDomainAsync(name, customer.Id, stop), $"Mail for {name.Trim()} is kept here for {customer.Name}.", output);
    }

    /// <summary>Keeps no mail for a domain any more.</summary>
    /// <returns>0; 1 when it is none, or has mailboxes.</returns>
    public static async Task<int> RemoveAsync(MailboxDesk desk, string name, TextWriter output, CancellationToken stop) =>
        await TellAsync(await desk.RemoveDomainAsync(name, stop), $"Mail for {name.Trim()} is refused from now on.", output);

    /// <summary>Says where mail for unknown names of a domain goes.</summary>
    /// <returns>0; 1 when there is no such domain or mailbox.</returns>
    public static async Task<int> CatchAllAsync(MailboxDesk desk, string name, string? address, TextWriter output, CancellationToken stop) =>
        await TellAsync(
            await desk.SetCatchAllAsync(name, address, stop),
            address is null ? $"Mail for unknown names of {name.Trim()} is refused." : $"Mail for unknown names of {name.Trim()} goes to {address.Trim()}.",
            output);

    /// <summary>Prints the domains: name, catch-all.</summary>
    /// <returns>0.</returns>
    public static async Task<int> ListAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var domains = await database.ReadAsync(db => new MailDomainStore(db).AllAsync(stop), stop);
        foreach (var domain in domains)
        {
            var catchAll = domain.CatchAll is { } id ? await database.ReadAsync(db => new MailboxStore(db).FindAsync(id, stop), stop) : null;
            await output.WriteLineAsync($"{domain.Name,-32}  {(catchAll is null ? "" : $"everything else goes to {catchAll.Address}")}".TrimEnd());
        }

        if (domains.Count == 0)
            await output.WriteLineAsync("There are no mail domains of customers.");
        return 0;
    }

    private static async Task<int> TellAsync(string? problem, string done, TextWriter output)
    {
        await output.WriteLineAsync(problem ?? done);
        return problem is null ? 0 : 1;
    }
}
