using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Accounts;

/// <summary>A prefix or a domain that is or was a customer's.</summary>
public sealed record Assignment
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>Whose.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>The service it belongs to; null when that was not said.</summary>
    public long? Service { get; init; }

    /// <summary>The addresses; null when it is a domain.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>The domain, lower case, without final dot; null when it is a prefix. Names below it belong to it.</summary>
    public string? Domain { get; init; }

    /// <summary>From when.</summary>
    public required Instant ValidFrom { get; init; }

    /// <summary>Until when, exclusive; null when it is theirs still.</summary>
    public Instant? ValidTo { get; init; }

    /// <summary>Whether it was theirs at this moment.</summary>
    public bool HeldAt(Instant at) => ValidFrom <= at && (ValidTo is null || at < ValidTo);

    /// <summary>Whether it was theirs at some moment between the two.</summary>
    public bool HeldWithin(Instant from, Instant to) => ValidFrom <= to && (ValidTo is null || from < ValidTo);
}
