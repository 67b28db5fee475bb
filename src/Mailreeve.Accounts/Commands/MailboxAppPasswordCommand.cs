using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox app-password add|list|revoke ADDRESS …</c></summary>
public static class MailboxAppPasswordCommand
{
    /// <summary>Makes an app password and prints it, the only time it is seen.</summary>
    /// <returns>0; 1 when there is no such mailbox, or the name cannot be used.</returns>
    public static async Task<int> AddAsync(Database database, MailboxDesk desk, string address, string name, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        var result = await desk.AddAppPasswordAsync(mailbox.Id, name, stop);
        if (result is MailboxResult.Made made)
            await output.WriteLineAsync($"Password: {made.Password}");
        return await FindMailbox.TellAsync(result, $"'{name.Trim()}' opens {mailbox.Address} with it.", output);
    }

    /// <summary>Prints the app passwords of a mailbox: number, day, name.</summary>
    /// <returns>0; 1 when there is no such mailbox.</returns>
    public static async Task<int> ListAsync(Database database, string address, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        var rows = await database.ReadAsync(db => new AppPasswordStore(db).OfAsync(mailbox.Id, stop), stop);
        foreach (var row in rows)
            await output.WriteLineAsync($"{row.Id,6}  {row.CreatedAt:uuuu-MM-dd}  {row.Name}");
        if (rows.Count == 0)
            await output.WriteLineAsync("There are no app passwords.");
        return 0;
    }

    /// <summary>Takes an app password away.</summary>
    /// <returns>0; 1 when the mailbox has no such app password.</returns>
    public static async Task<int> RevokeAsync(Database database, MailboxDesk desk, string address, long number, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        return await FindMailbox.TellAsync(await desk.RevokeAppPasswordAsync(mailbox.Id, number, stop), "It opens nothing any more.", output);
    }
}
