using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Customers and what is theirs.</summary>
public sealed class CustomerStore(DbSession db)
{
    /// <summary>How to reach a customer, in the order in which the contacts are to be tried.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="role">Only these; null for all.</param>
    /// <param name="channel">Only these; null for all.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<Contact>> ContactsOfAsync(
        CustomerId customer, ContactRole? role, ContactChannel? channel, CancellationToken stop) =>
        db.QueryAsync<Contact>("""
            SELECT id, customer_id AS customer, channel, address, role, position
            FROM   contact
            WHERE  customer_id = @customer
            AND    ended_at IS NULL
            AND    (CAST(@role AS TEXT) IS NULL OR role = CAST(@role AS TEXT))
            AND    (CAST(@channel AS TEXT) IS NULL OR channel = CAST(@channel AS TEXT))
            ORDER  BY position, id
            """, new { customer, role, channel }, stop);

    internal async Task<Live.Directory> DirectoryAsync(CancellationToken stop)
    {
        var customers = await db.QueryAsync<CustomerRow>("""
            SELECT id, reg_number, name, upstream_id, state, time_zone
            FROM   customer
            """, null, stop);
        var assignments = await db.QueryAsync<AssignmentRow>("""
            SELECT id, customer_id, first_address, prefix_length, domain, valid_from, valid_to
            FROM   assignment
            WHERE  superseded_at IS NULL
            """, null, stop);
        return new Live.Directory([.. customers.Select(c => c.ToFact())], [.. assignments.Select(a => a.ToAssignment())]);
    }

    private sealed record CustomerRow
    {
        public required CustomerId Id { get; init; }

        public required string RegNumber { get; init; }

        public required string Name { get; init; }

        public CustomerId? UpstreamId { get; init; }

        public required CustomerState State { get; init; }

        public required string TimeZone { get; init; }

        public CustomerFact ToFact() => new()
        {
            Id = Id,
            RegNumber = RegNumber,
            Name = Name,
            Upstream = UpstreamId,
            State = State,
            TimeZone = TimeZone,
        };
    }

    private sealed record AssignmentRow
    {
        public required long Id { get; init; }

        public required CustomerId CustomerId { get; init; }

        public Address? FirstAddress { get; init; }

        public long? PrefixLength { get; init; }

        public string? Domain { get; init; }

        public required Instant ValidFrom { get; init; }

        public Instant? ValidTo { get; init; }

        public Assignment ToAssignment() => new()
        {
            Id = Id,
            Customer = CustomerId,
            Prefix = FirstAddress is { } first ? new Prefix(first, (int)PrefixLength!.Value) : null,
            Domain = Domain,
            ValidFrom = ValidFrom,
            ValidTo = ValidTo,
        };
    }
}
