using System.Collections.Frozen;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Customers and what is theirs. Nothing is ever deleted: cases, charges and the past refer to it.</summary>
public sealed class CustomerStore(DbSession db)
{
    private const string SelectCustomer = """
        SELECT id, reg_number, name, upstream_id AS upstream, state, time_zone, source_class
        FROM   customer
        """;

    private const string SelectContact = """
        SELECT id, customer_id AS customer, channel, address, role, position
        FROM   contact
        """;

    private const string SelectService = """
        SELECT id, customer_id AS customer, kind, name, state, login
        FROM   service
        """;

    private const string SelectAssignment = """
        SELECT id, customer_id, service_id, first_address, prefix_length, domain, valid_from, valid_to
        FROM   assignment
        """;

    // Customers ---------------------------------------------------------------------------------------------------------

    /// <summary>Reserves the next registration number that no customer has.</summary>
    public async Task<RegNumber> NextRegNumberAsync(CancellationToken stop)
    {
        while (true)
        {
            // Numbers that were brought along by an import may lie ahead of the counter.
            var number = RegNumber.From(await db.NextIdsAsync("reg_number", 1, stop));
            if (await FindByRegNumberAsync(number, stop) is null)
                return number;
        }
    }

    /// <summary>Adds customers, with ids from <see cref="DbSession.NextIdsAsync"/>. Their upstreams are among them or there already.</summary>
    public async Task AddAsync(IReadOnlyList<CustomerFact> customers, Instant now, CancellationToken stop)
    {
        // Without upstreams first: the statement may be cut into several, and a downstream must not come before its upstream.
        await db.InsertManyAsync(
            "INSERT INTO customer (id, reg_number, name, state, time_zone, source_class, created_at)",
            customers,
            c => [c.Id, c.RegNumber, c.Name, c.State, c.TimeZone, c.SourceClass, now],
            stop);
        foreach (var customer in customers.Where(c => c.Upstream is not null))
        {
            await db.ExecuteAsync("""
                UPDATE customer
                SET    upstream_id = @Upstream
                WHERE  id = @Id
                """, new { customer.Upstream, customer.Id }, stop);
        }

        await RecordAsync(customers.Select(c => c.Id), stop);
    }

    /// <summary>Writes customers that have changed. The registration number stays what it is.</summary>
    public async Task UpdateAsync(IReadOnlyList<CustomerFact> customers, CancellationToken stop)
    {
        foreach (var c in customers)
        {
            await db.ExecuteAsync("""
                UPDATE customer
                SET    name = @Name, upstream_id = @Upstream, state = @State, time_zone = @TimeZone, source_class = @SourceClass
                WHERE  id = @Id
                """, new { c.Name, c.Upstream, c.State, c.TimeZone, c.SourceClass, c.Id }, stop);
        }

        await RecordAsync(customers.Select(c => c.Id), stop);
    }

    /// <summary>The customer, or null.</summary>
    public Task<CustomerFact?> FindAsync(CustomerId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<CustomerFact>($"{SelectCustomer} WHERE id = @id", new { id }, stop);

    /// <summary>The customer with this registration number, or null.</summary>
    public Task<CustomerFact?> FindByRegNumberAsync(RegNumber number, CancellationToken stop) =>
        db.SingleOrDefaultAsync<CustomerFact>($"{SelectCustomer} WHERE reg_number = @text", new { text = number.ToString() }, stop);

    /// <summary>All customers, by registration number.</summary>
    public Task<IReadOnlyList<CustomerFact>> ListAsync(CancellationToken stop) =>
        db.QueryAsync<CustomerFact>($"{SelectCustomer} ORDER BY reg_number", null, stop);

    /// <summary>The hash of the customer's password; null when none is set or there is no such customer.</summary>
    public Task<string?> PasswordHashOfAsync(CustomerId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<string>("SELECT password_hash FROM customer WHERE id = @id", new { id }, stop);

    /// <summary>Sets the hash of the customer's password; null takes the password away.</summary>
    public Task SetPasswordHashAsync(CustomerId id, string? hash, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE customer
            SET    password_hash = @hash
            WHERE  id = @id
            """, new { id, hash }, stop);

    /// <summary>Replaces a hash by another one of the same password, unless it was changed in the meantime.</summary>
    public Task RehashAsync(CustomerId id, string old, string hash, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE customer
            SET    password_hash = @hash
            WHERE  id = @id AND password_hash = @old
            """, new { id, old, hash }, stop);

    // Contacts ----------------------------------------------------------------------------------------------------------

    /// <summary>How to reach a customer, in the order in which the contacts are to be tried.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="role">Only these; null for all.</param>
    /// <param name="channel">Only these; null for all.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<Contact>> ContactsOfAsync(
        CustomerId customer, ContactRole? role, ContactChannel? channel, CancellationToken stop) =>
        db.QueryAsync<Contact>($"""
            {SelectContact}
            WHERE  customer_id = @customer
            AND    ended_at IS NULL
            AND    (CAST(@role AS TEXT) IS NULL OR role = CAST(@role AS TEXT))
            AND    (CAST(@channel AS TEXT) IS NULL OR channel = CAST(@channel AS TEXT))
            ORDER  BY position, id
            """, new { customer, role, channel }, stop);

    /// <summary>The contacts of all customers, by customer and in order.</summary>
    public Task<IReadOnlyList<Contact>> AllContactsAsync(CancellationToken stop) =>
        db.QueryAsync<Contact>($"""
            {SelectContact}
            WHERE  ended_at IS NULL
            ORDER  BY customer_id, position, id
            """, null, stop);

    /// <summary>These contacts, also those that were taken out since.</summary>
    public Task<IReadOnlyList<Contact>> ContactsAsync(IReadOnlyCollection<long> ids, CancellationToken stop) =>
        db.QueryAsync<Contact>($"{SelectContact} WHERE {db.IsAnyOf("id", "ids")} ORDER BY id", new { ids = ids.ToArray() }, stop);

    /// <summary>Customers, not closed, that can be reached under this mail address, by registration number.</summary>
    public Task<IReadOnlyList<CustomerFact>> WithEmailAsync(string address, CancellationToken stop) =>
        db.QueryAsync<CustomerFact>($"""
            {SelectCustomer}
            WHERE  state <> 'closed'
            AND    id IN (SELECT customer_id
                          FROM   contact
                          WHERE  lower(address) = @lower AND channel = 'email' AND ended_at IS NULL)
            ORDER  BY reg_number
            """, new { lower = address.ToLowerInvariant() }, stop);

    /// <summary>Adds contacts, or writes their positions anew; the given ids are ignored. One that was there before comes back as it was.</summary>
    public async Task PutContactsAsync(IReadOnlyList<Contact> contacts, CancellationToken stop)
    {
        if (contacts.Count == 0)
            return;

        var id = await db.NextIdsAsync("contact", contacts.Count, stop);
        await db.InsertManyAsync(
            "INSERT INTO contact (id, customer_id, channel, address, role, position)",
            contacts,
            c => [id++, c.Customer, c.Channel, c.Address, c.Role, c.Position],
            """
            ON CONFLICT (customer_id, channel, address, role) DO UPDATE SET position = excluded.position, ended_at = NULL
            """,
            stop);
        await RecordAsync(contacts.Select(c => c.Customer), stop);
    }

    /// <summary>Takes contacts out.</summary>
    public async Task EndContactsAsync(IReadOnlyList<Contact> contacts, Instant now, CancellationToken stop)
    {
        foreach (var contact in contacts)
        {
            await db.ExecuteAsync("""
                UPDATE contact
                SET    ended_at = @now
                WHERE  id = @Id AND ended_at IS NULL
                """, new { contact.Id, now }, stop);
        }

        await RecordAsync(contacts.Select(c => c.Customer), stop);
    }

    // Services ----------------------------------------------------------------------------------------------------------

    /// <summary>The services of a customer, as they are on record.</summary>
    public Task<IReadOnlyList<Service>> ServicesOfAsync(CustomerId customer, CancellationToken stop) =>
        db.QueryAsync<Service>($"{SelectService} WHERE customer_id = @customer ORDER BY id", new { customer }, stop);

    /// <summary>The services of these customers as they are now: one that is under a block is suspended, for as long as one stands (C6).</summary>
    public async Task<IReadOnlyList<Service>> ServicesNowAsync(IReadOnlyCollection<CustomerId> customers, CancellationToken stop)
    {
        var services = new List<Service>();
        foreach (var some in customers.Chunk(DbSession.ListMax))
        {
            services.AddRange(await db.QueryAsync<Service>($"""
                SELECT s.id, s.customer_id AS customer, s.kind, s.name, s.login,
                       CASE WHEN s.state = 'active' AND EXISTS (SELECT 1 FROM service_block b WHERE b.service_id = s.id AND b.state = 'in-force')
                            THEN 'suspended' ELSE s.state END AS state
                FROM   service s
                WHERE  {db.IsAnyOf("s.customer_id", "ids")}
                ORDER  BY s.customer_id, s.id
                """, new { ids = some.Select(c => c.Value).ToArray() }, stop));
        }

        return services;
    }

    /// <summary>The services of all customers, as they are on record.</summary>
    public Task<IReadOnlyList<Service>> AllServicesAsync(CancellationToken stop) =>
        db.QueryAsync<Service>($"{SelectService} ORDER BY customer_id, id", null, stop);

    /// <summary>Adds services, or writes kind, state and login anew of those that have the name; the given ids are ignored.</summary>
    public async Task PutServicesAsync(IReadOnlyList<Service> services, CancellationToken stop)
    {
        if (services.Count == 0)
            return;

        // First all are let go: a login may pass from one to another.
        await db.ExecuteManyAsync(
            "UPDATE service SET login = NULL WHERE customer_id = $1 AND name = $2 AND login IS NOT NULL", services, s => [s.Customer, s.Name], stop);
        var id = await db.NextIdsAsync("service", services.Count, stop);
        await db.InsertManyAsync(
            "INSERT INTO service (id, customer_id, kind, name, state, login)",
            services,
            s => [id++, s.Customer, s.Kind, s.Name, s.State, s.Login],
            "ON CONFLICT (customer_id, name) DO UPDATE SET kind = excluded.kind, state = excluded.state, login = excluded.login",
            stop);
        await RecordAsync(services.Select(s => s.Customer), stop);
    }

    // Assignments -------------------------------------------------------------------------------------------------------

    /// <summary>What is, was and will be whose, as it is believed now.</summary>
    public async Task<IReadOnlyList<Assignment>> AllAssignmentsAsync(CancellationToken stop) =>
        [.. (await db.QueryAsync<AssignmentRow>($"""
            {SelectAssignment}
            WHERE  superseded_at IS NULL
            ORDER  BY customer_id, id
            """, null, stop)).Select(a => a.ToAssignment())];

    /// <summary>What is, was and will be a customer's, as it is believed now.</summary>
    public async Task<IReadOnlyList<Assignment>> AssignmentsOfAsync(CustomerId customer, CancellationToken stop) =>
        [.. (await db.QueryAsync<AssignmentRow>($"""
            {SelectAssignment}
            WHERE  customer_id = @customer AND superseded_at IS NULL
            ORDER  BY id
            """, new { customer }, stop)).Select(a => a.ToAssignment())];

    /// <summary>These assignments, also those that are not believed any more.</summary>
    public async Task<IReadOnlyList<Assignment>> AssignmentsAsync(IReadOnlyCollection<long> ids, CancellationToken stop) =>
        [.. (await db.QueryAsync<AssignmentRow>(
            $"{SelectAssignment} WHERE {db.IsAnyOf("id", "ids")} ORDER BY id", new { ids = ids.ToArray() }, stop)).Select(a => a.ToAssignment())];

    /// <summary>Writes assignments down; the given ids are ignored.</summary>
    public async Task AssignAsync(IReadOnlyList<Assignment> assignments, Instant now, CancellationToken stop)
    {
        if (assignments.Count == 0)
            return;

        var id = await db.NextIdsAsync("assignment", assignments.Count, stop);
        await db.InsertManyAsync(
            "INSERT INTO assignment (id, customer_id, service_id, first_address, prefix_length, domain, valid_from, valid_to, recorded_at)",
            assignments,
            a => [id++, a.Customer, a.Service, a.Prefix?.First, a.Prefix?.Length, a.Domain, a.ValidFrom, a.ValidTo, now],
            stop);
        await RecordAsync(assignments.Select(a => a.Customer), stop);
    }

    /// <summary>
    /// Stops believing assignments; what is believed instead is written with <see cref="AssignAsync"/> in the same transaction.
    /// The rows remain: events that were attributed by them name them.
    /// </summary>
    public async Task SupersedeAsync(IReadOnlyList<Assignment> assignments, Instant now, CancellationToken stop)
    {
        foreach (var assignment in assignments)
        {
            await db.ExecuteAsync("""
                UPDATE assignment
                SET    superseded_at = @now
                WHERE  id = @Id AND superseded_at IS NULL
                """, new { assignment.Id, now }, stop);
        }

        await RecordAsync(assignments.Select(a => a.Customer), stop);
    }

    /// <summary>Customers and what is theirs, as it is believed now.</summary>
    internal async Task<Live.Directory> DirectoryAsync(CancellationToken stop)
    {
        var services = await AllServicesAsync(stop);
        return new Live.Directory(await ListAsync(stop), await AllAssignmentsAsync(stop))
        {
            MailRelays = services.Where(s => s is { Kind: ServiceKind.MailRelay, State: ServiceState.Active }).ToLookup(s => s.Customer, s => s.Id),
            MailServers = services.Where(s => s is { Kind: ServiceKind.MailServer, State: ServiceState.Active }).Select(s => s.Customer).ToFrozenSet(),
            // Also of those that are suspended: who is to be shut out may still be in.
            Logins = services.Where(s => s.Login is not null && s.State != ServiceState.Ended).ToFrozenDictionary(s => s.Login!, StringComparer.Ordinal),
        };
    }

    /// <summary>What covers any of these addresses or ever did, as it was believed at a moment, most specific first for each address.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="knownAt">The moment; null for now.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<Assignment>> CoveringAsync(IReadOnlyCollection<Address> addresses, Instant? knownAt, CancellationToken stop)
    {
        var firsts = addresses.SelectMany(CoveringFirsts.Of).Distinct().ToList();
        var rows = new List<AssignmentRow>();
        foreach (var some in firsts.Chunk(DbSession.ListMax))
        {
            rows.AddRange(await db.QueryAsync<AssignmentRow>($"""
                {SelectAssignment}
                WHERE  first_address IN ({CoveringFirsts.FromJson(db.Dialect)})
                AND    (CAST(@knownAt AS BIGINT) IS NULL AND superseded_at IS NULL
                        OR recorded_at <= CAST(@knownAt AS BIGINT) AND (superseded_at IS NULL OR superseded_at > CAST(@knownAt AS BIGINT)))
                """, new { json = CoveringFirsts.Json(some), knownAt = knownAt?.ToUnixTimeMilliseconds() }, stop));
        }

        return [.. rows.Select(r => r.ToAssignment()).Where(a => addresses.Any(a.Prefix!.Value.Contains))];
    }

    // The directory is read anew as a whole, so one row will do, whoever it was.
    private async Task RecordAsync(IEnumerable<CustomerId> customers, CancellationToken stop)
    {
        foreach (var customer in customers.Take(1))
            await db.RecordChangeAsync(ChangeKind.Directory, customer.Value, stop);
    }
}
