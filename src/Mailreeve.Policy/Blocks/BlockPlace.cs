using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>A site or an address that is to be blocked, and what is known about who else is there.</summary>
/// <param name="Names">Names of the site, as <see cref="BlockedName"/> reads them; empty when none is known.</param>
/// <param name="Accused">Whose it is; null when it is no customer's as far as is known.</param>
/// <param name="Addresses">Where the names lead or led, or the address that is meant; each once.</param>
public sealed record BlockPlace(IReadOnlyList<string> Names, CustomerFact? Accused, IReadOnlyList<PlaceAddress> Addresses)
{
    /// <summary>What other customers have below the names.</summary>
    public IReadOnlyList<PlaceUse> BelowNames { get; init; } = [];
}

/// <summary>An address of a <see cref="BlockPlace"/>.</summary>
/// <param name="Address">The address.</param>
/// <param name="LastSeen">When a name was last seen to lead there and no longer does; null when it leads there still, or the address itself is meant.</param>
/// <param name="Holder">Whose it is now: by a session, or by an assignment; null when nobody's as far as is known.</param>
public sealed record PlaceAddress(Address Address, Instant? LastSeen, CustomerFact? Holder)
{
    /// <summary>Whether it is in our networks.</summary>
    public bool IsOurs { get; init; }

    /// <summary>What keeps it from being blocked at all; null for nothing.</summary>
    public NeverBlockEntry? Never { get; init; }

    /// <summary>What others than the accused have there.</summary>
    public IReadOnlyList<PlaceUse> Others { get; init; } = [];

    /// <summary>Sites that lead there too and are no customer's on record: whoever holds the address answers for them.</summary>
    public IReadOnlyList<string> Unowned { get; init; } = [];
}

/// <summary>What somebody has at an address or below a name.</summary>
/// <param name="Customer">Whose it is; null for somebody who is no customer of ours.</param>
/// <param name="What">A site by its name, or an address.</param>
public sealed record PlaceUse(CustomerFact? Customer, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Customer is { } customer ? $"{What} of {customer.Name} ({customer.RegNumber})" : What;
}
