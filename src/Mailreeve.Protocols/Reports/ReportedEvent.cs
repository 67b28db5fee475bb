using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>One thing that a report names, on a line of its own: an observation, or one of the resources named beside it.</summary>
public sealed record ReportedEvent
{
    /// <summary>XARF v4 category.</summary>
    public required string Category { get; init; }

    /// <summary>XARF v4 type, or one of the additions in <see cref="AbuseType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>What the named resource did.</summary>
    public required ObservationRole Role { get; init; }

    /// <summary>The address that is stated, or that of a hand-over when none is stated.</summary>
    public Address? Address { get; init; }

    /// <summary>The block that is stated; <see cref="Address"/> is then its lowest address, or its lowest one that is ours.</summary>
    public AddressBlock? Block { get; init; }

    /// <summary>Source port, 1–65535.</summary>
    public int? Port { get; init; }

    /// <summary>The URL, as written.</summary>
    public string? Url { get; init; }

    /// <summary>The domain, lower case.</summary>
    public string? Domain { get; init; }

    /// <summary>The mailbox, as written.</summary>
    public string? Mailbox { get; init; }

    /// <summary>When it happened, according to the reporter.</summary>
    public required ReportedTime Time { get; init; }

    /// <summary>The events of a report, in its order.</summary>
    /// <param name="reading">The report.</param>
    /// <param name="own">
    /// What is ours: only events about it are given, and of the hand-overs only those from addresses of ours.
    /// <see langword="null"/> for everything that is named.
    /// </param>
    public static IEnumerable<ReportedEvent> Of(ReportReading reading, OwnResources? own) =>
        reading.Observations.SelectMany(o => Of(o, own));

    // "192.0.2.0/24" beside its first address.
    private static bool IsRange(string name) => name.Length > 0 && char.IsAsciiHexDigit(name[0]) && !name.Contains("://", StringComparison.Ordinal)
        && (AddressBlock.TryParse(name, out _) || name.Contains('/', StringComparison.Ordinal) || name.Contains(" - ", StringComparison.Ordinal));

    private static IEnumerable<ReportedEvent> Of(Observation observation, OwnResources? own)
    {
        var bare = new ReportedEvent
        {
            Category = observation.Category,
            Type = observation.Type,
            Role = observation.Role,
            Time = observation.Time,
        };
        var stated = bare with
        {
            Address = observation.AccusedBlock is { } block && own?.FirstIn(block) is { } ours ? ours : observation.Address,
            Block = observation.Block,
            Port = observation.Port,
            Url = observation.Url,
            Domain = observation.Domain,
            Mailbox = observation.Mailbox,
        };
        if (own is null ? stated != bare || !observation.HasResource : stated.IsOf(own))
            yield return stated;

        // Hand-overs stand in for an address that the report does not state.
        if (observation.Address is null)
        {
            foreach (var hop in observation.Candidates.Where(h => own?.Owns(h.Address) != false).DistinctBy(h => h.Address))
                yield return bare with { Address = hop.Address, Time = observation.Time.Utc is null ? hop.Time : observation.Time };
        }

        foreach (var name in observation.AlsoNamed.Where(n => n != stated.Url && n != stated.Domain && !IsRange(n)))
        {
            var also = Notation.IsUrl(name) ? bare with { Url = name }
                : name.Contains('@', StringComparison.Ordinal) ? bare with { Mailbox = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..] }
                : bare with { Domain = name };
            if (own is null || also.IsOf(own))
                yield return also;
        }
    }

    private bool IsOf(OwnResources own) =>
        (Address is { } address && own.Owns(address))
        || (UrlHost.Of(Url) is { } host && own.OwnsHost(host))
        || (Domain is not null && own.OwnsHost(Domain))
        || (Mailbox is not null && own.OwnsMailbox(Mailbox));
}
