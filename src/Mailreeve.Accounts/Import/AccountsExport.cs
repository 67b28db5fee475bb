using Mailreeve.Policy.Files;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Import;

/// <summary>Writes the accounts file of everything that is stored. Passwords are not in it.</summary>
public static class AccountsExport
{
    /// <summary>The file's text.</summary>
    public static Task<string> TextAsync(Database database, CancellationToken stop) =>
        database.ReadAsync(
            async db =>
            {
                var stored = await StoredAccounts.LoadAsync(db, stop);
                return AccountsText.Write(stored.Customers, stored.Contacts, stored.Services, stored.Assignments, stored.Mail);
            },
            stop);
}
