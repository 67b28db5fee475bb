using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>A row of <c>assignment</c>.</summary>
internal sealed record AssignmentRow
{
    public required long Id { get; init; }

    public required CustomerId CustomerId { get; init; }

    public long? ServiceId { get; init; }

    public Address? FirstAddress { get; init; }

    public long? PrefixLength { get; init; }

    public string? Domain { get; init; }

    public required Instant ValidFrom { get; init; }

    public Instant? ValidTo { get; init; }

    public Assignment ToAssignment() => new()
    {
        Id = Id,
        Customer = CustomerId,
        Service = ServiceId,
        Prefix = FirstAddress is { } first ? new Prefix(first, (int)PrefixLength!.Value) : null,
        Domain = Domain,
        ValidFrom = ValidFrom,
        ValidTo = ValidTo,
    };
}
