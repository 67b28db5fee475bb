using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Accounts.Import;

/// <summary>Customers and what is theirs, as it is stored.</summary>
internal sealed record StoredAccounts
{
    public static readonly StoredAccounts None = new() { Customers = [], Contacts = [], Services = [], Assignments = [], Mail = MailAccounts.None };

    public required IReadOnlyList<CustomerFact> Customers { get; init; }

    public required IReadOnlyList<Contact> Contacts { get; init; }

    public required IReadOnlyList<Service> Services { get; init; }

    public required IReadOnlyList<Assignment> Assignments { get; init; }

    public required MailAccounts Mail { get; init; }

    public static async Task<StoredAccounts> LoadAsync(DbSession db, CancellationToken stop)
    {
        var store = new CustomerStore(db);
        return new StoredAccounts
        {
            Customers = await store.ListAsync(stop),
            Contacts = await store.AllContactsAsync(stop),
            Services = await store.AllServicesAsync(stop),
            Assignments = await store.AllAssignmentsAsync(stop),
            Mail = await new MailAccountsStore(db).ReadAsync(null, stop),
        };
    }
}
