using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Accounts.Import;

/// <summary>Takes an accounts file into the database: all of it, or nothing.</summary>
public static class AccountsImport
{
    /// <summary>What would be done.</summary>
    public static Task<ImportResult> TryAsync(
        Database database, string fileName, string text, ProviderResources ours, IClock clock, CancellationToken stop)
    {
        var file = AccountsFile.Read(fileName, text);
        return database.ReadAsync(
            async db => ImportResult.From(ImportPlanner.Plan(fileName, file, await StoredAccounts.LoadAsync(db, stop), ours, Now(clock)), []),
            stop);
    }

    /// <summary>Compares and changes in one transaction. When there are problems, nothing is changed.</summary>
    /// <param name="database">Where.</param>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="ours">What is the provider's own.</param>
    /// <param name="clock">What ends, ends now.</param>
    /// <param name="stop">Stops before the work begins.</param>
    public static Task<ImportResult> RunAsync(
        Database database, string fileName, string text, ProviderResources ours, IClock clock, CancellationToken stop)
    {
        var file = AccountsFile.Read(fileName, text);
        return database.WriteAsync(
            async db =>
            {
                var now = Now(clock);
                var plan = ImportPlanner.Plan(fileName, file, await StoredAccounts.LoadAsync(db, stop), ours, now);
                var given = plan.Problems.Count == 0 ? await CarryOutAsync(db, plan, now, stop) : [];
                return ImportResult.From(plan, given);
            },
            stop);
    }

    // To the millisecond, as it is stored: what is compared must be what will be read back.
    private static Instant Now(IClock clock) => Instant.FromUnixTimeMilliseconds(clock.GetCurrentInstant().ToUnixTimeMilliseconds());

    private static async Task<Dictionary<CustomerPlan, string>> CarryOutAsync(DbSession db, ImportPlan plan, Instant now, CancellationToken stop)
    {
        var store = new CustomerStore(db);
        var added = plan.Customers.Where(p => p.Stored is null).ToList();
        var ids = new Dictionary<CustomerId, CustomerId>();
        var given = new Dictionary<CustomerPlan, string>();
        if (added.Count > 0)
        {
            var next = await db.NextIdsAsync("customer", added.Count, stop);
            foreach (var p in added)
                ids[p.Customer.Id] = new CustomerId(next++);
        }

        CustomerId Real(CustomerId id) => ids.GetValueOrDefault(id, id);
        CustomerFact RealFact(CustomerFact c) => c with { Id = Real(c.Id), Upstream = c.Upstream is { } up ? Real(up) : null };

        // Those that bring their number along first, so that none of them is given away.
        await store.AddAsync([.. added.Where(p => p.Customer.RegNumber.Length > 0).Select(p => RealFact(p.Customer) with { Upstream = null })], now, stop);
        foreach (var p in added.Where(p => p.Customer.RegNumber.Length == 0))
        {
            given[p] = (await store.NextRegNumberAsync(stop)).ToString();
            await store.AddAsync([RealFact(p.Customer) with { RegNumber = given[p], Upstream = null }], now, stop);
        }

        await store.UpdateAsync(
            [.. plan.Customers.Where(p => p.Stored is null ? p.Customer.Upstream is not null : p.Customer != p.Stored).Select(p => RealFact(p.Customer))],
            stop);
        await PossessionsAsync(store, plan, Real, now, stop);
        foreach (var p in plan.Customers)
            await new MailboxImport(db, now).CarryOutAsync(p, Real(p.Customer.Id), stop);
        return given;
    }

    private static async Task PossessionsAsync(
        CustomerStore store, ImportPlan plan, Func<CustomerId, CustomerId> real, Instant now, CancellationToken stop)
    {
        await store.EndContactsAsync([.. plan.Customers.SelectMany(p => p.EndContacts)], now, stop);
        await store.PutContactsAsync([.. plan.Customers.SelectMany(p => p.PutContacts).Select(c => c with { Customer = real(c.Customer) })], stop);
        await store.PutServicesAsync([.. plan.Customers.SelectMany(p => p.PutServices).Select(s => s with { Customer = real(s.Customer) })], stop);

        var services = (await store.AllServicesAsync(stop)).ToDictionary(s => (s.Customer, s.Name), s => s.Id);
        await store.SupersedeAsync([.. plan.Customers.SelectMany(p => p.Supersede)], now, stop);
        var assign =
            from p in plan.Customers
            from a in p.Assign
            let customer = real(a.Assignment.Customer)
            select a.Assignment with { Customer = customer, Service = a.Service is null ? null : services[(customer, a.Service)] };
        await store.AssignAsync([.. assign], now, stop);
    }
}
