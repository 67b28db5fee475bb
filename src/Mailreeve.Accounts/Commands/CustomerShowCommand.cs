using Mailreeve.Policy.Files;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>customer show REG-NUMBER</c></summary>
public static class CustomerShowCommand
{
    /// <summary>Prints one customer, as it stands in an accounts file, and whether it can sign in.</summary>
    /// <returns>0; 1 when there is no such customer.</returns>
    public static async Task<int> RunAsync(Database database, string regNumber, TextWriter output, CancellationToken stop)
    {
        if (await FindCustomer.ByNumberAsync(database, regNumber, output, stop) is not { } customer)
            return 1;

        var (text, hasPassword) = await database.ReadAsync(
            async db =>
            {
                var store = new CustomerStore(db);
                var upstream = customer.Upstream is { } up ? await store.FindAsync(up, stop) : null;
                var shown = AccountsText.WriteOne(
                    customer, upstream, await store.ContactsOfAsync(customer.Id, null, null, stop),
                    await store.ServicesOfAsync(customer.Id, stop), await store.AssignmentsOfAsync(customer.Id, stop),
                    await new MailAccountsStore(db).ReadAsync(customer.Id, stop));
                return (shown, await store.PasswordHashOfAsync(customer.Id, stop) is not null);
            },
            stop);
        await output.WriteAsync(text);
        await output.WriteLineAsync(hasPassword ? "# A password is set." : "# No password is set.");
        return 0;
    }
}
