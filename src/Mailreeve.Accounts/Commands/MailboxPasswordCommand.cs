using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox password ADDRESS [--password-stdin]</c></summary>
public static class MailboxPasswordCommand
{
    /// <summary>Sets a mailbox's own password; app passwords remain.</summary>
    /// <param name="database">Where.</param>
    /// <param name="desk">Who sets it.</param>
    /// <param name="address">Of which mailbox.</param>
    /// <param name="password">The new one; null makes one and prints it.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such mailbox, or the password cannot be used.</returns>
    public static async Task<int> RunAsync(
        Database database, MailboxDesk desk, string address, string? password, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;
        var usable = password ?? NewPassword.Make();
        var result = await desk.SetPasswordAsync(mailbox.Id, usable, stop);
        if (password is null)
            await output.WriteLineAsync($"Password: {usable}");
        return await FindMailbox.TellAsync(result, $"{mailbox.Address} is opened with it from now on.", output);
    }
}
