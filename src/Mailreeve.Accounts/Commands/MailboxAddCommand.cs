using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox add ADDRESS --customer REG-NUMBER [--password-stdin]</c></summary>
public static class MailboxAddCommand
{
    /// <summary>Makes a mailbox.</summary>
    /// <param name="database">Where.</param>
    /// <param name="desk">Who makes it.</param>
    /// <param name="address">Its address.</param>
    /// <param name="regNumber">Whose it will be.</param>
    /// <param name="password">Its password; null makes one and prints it.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such customer, or the address or password cannot be given.</returns>
    public static async Task<int> RunAsync(
        Database database, MailboxDesk desk, string address, string regNumber, string? password, TextWriter output, CancellationToken stop)
    {
        if (await FindCustomer.ByNumberAsync(database, regNumber, output, stop) is not { } customer)
            return 1;
        var usable = password ?? NewPassword.Make();
        var result = await desk.AddAsync(address, customer.Id, usable, stop);
        if (password is null && result is MailboxResult.Done)
            await output.WriteLineAsync($"Password: {usable}");
        return await FindMailbox.TellAsync(result, $"{address.Trim().ToLowerInvariant()} is a mailbox of {customer.RegNumber} {customer.Name}.", output);
    }
}
