using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>Who says that a customer had an address for a while.</summary>
public enum SessionSource
{
    /// <summary>An access server, by RADIUS accounting.</summary>
    Radius,

    /// <summary>A DHCP server's leases.</summary>
    Dhcp,

    /// <summary>A translator's log of the ports it gave to somebody.</summary>
    Nat,
}

/// <summary>How it is known that a session has ended.</summary>
public enum SessionEnd
{
    /// <summary>Its source said so.</summary>
    Stopped,

    /// <summary>A lease that was not renewed: the address was theirs until then.</summary>
    Expired,

    /// <summary>Nothing was heard of it in time; it ended somewhere after it was last seen.</summary>
    Lost,

    /// <summary>The address was given to somebody else.</summary>
    Replaced,

    /// <summary>The access server began anew (Accounting-On), or stopped counting (Accounting-Off).</summary>
    NasRestarted,
}

/// <summary>An address, or ports of one, that somebody had for a while. A row of <c>address_session</c>.</summary>
public sealed record AddressSession
{
    /// <summary>The highest port.</summary>
    public const int PortMax = 65_535;

    /// <summary>Its row; 0 before it has one.</summary>
    public long Id { get; init; }

    /// <summary>Who says so.</summary>
    public required SessionSource Source { get; init; }

    /// <summary>The access server, DHCP server or translator, by the name it has here.</summary>
    public required string Nas { get; init; }

    /// <summary>The source's own id of it. May come again after the source was started anew.</summary>
    public required string Session { get; init; }

    /// <summary>Login name, as <see cref="AccessName.Normalise"/> has it; null when none was said.</summary>
    public string? Login { get; init; }

    /// <summary>Hardware address, telephone number or inside address; null when none was said.</summary>
    public string? Station { get; init; }

    /// <summary>Whose login that was when the session was written down; null when nobody's.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>The service with that login.</summary>
    public long? Service { get; init; }

    /// <summary>The addresses.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>Lowest port, 0 when it has all of them.</summary>
    public long FirstPort { get; init; }

    /// <summary>Highest port, <see cref="PortMax"/> when it has all of them.</summary>
    public long LastPort { get; init; } = PortMax;

    /// <summary>From when.</summary>
    public required Instant StartedAt { get; init; }

    /// <summary>When it was last known to be.</summary>
    public required Instant SeenAt { get; init; }

    /// <summary>When something must have been heard of it; null when it may be silent until it ends.</summary>
    public Instant? ExpectedBy { get; init; }

    /// <summary>Until when, at the latest; null while it is open.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>How that is known; null exactly when it is open.</summary>
    public SessionEnd? End { get; init; }

    /// <summary>When it was written down.</summary>
    public required Instant RecordedAt { get; init; }

    /// <summary>When its end was written down.</summary>
    public Instant? EndRecordedAt { get; init; }

    /// <summary>
    /// Whether a session may have this: IPv4 /24 to /32, IPv6 /32 to /64 and single addresses. Whatever is wider is assigned, and stands in the
    /// accounts file; an address is looked for among the prefixes of these lengths only.
    /// </summary>
    public static bool CanHave(Prefix prefix) => prefix.IsIPv4 ? prefix.Length >= 120 : prefix.Length is >= 32 and <= 64 or 128;

    /// <summary>Whether others may have other ports of the same address.</summary>
    public bool IsShared => FirstPort > 0 || LastPort < PortMax;

    /// <summary>Whether its end lies somewhere between <see cref="SeenAt"/> and <see cref="EndedAt"/>.</summary>
    public bool HasBoundedEnd => End is SessionEnd.Lost or SessionEnd.Replaced or SessionEnd.NasRestarted;

    /// <summary>The last moment at which it surely was; null while it is open and nothing is overdue.</summary>
    public Instant? CertainUntil => HasBoundedEnd ? SeenAt : EndedAt;

    /// <summary>Whether the address was surely theirs at this moment.</summary>
    public bool HeldAt(Instant at) =>
        StartedAt <= at && (CertainUntil is { } until ? at <= until : ExpectedBy is not { } expected || at <= Instant.Max(expected, SeenAt));

    /// <summary>Whether it may have been theirs at some moment between the two.</summary>
    public bool MayHaveHeldWithin(Instant from, Instant to) => StartedAt <= to && (EndedAt is null || from <= EndedAt);

    /// <summary>Whether the port is one of its ports.</summary>
    public bool HasPort(int port) => FirstPort <= port && port <= LastPort;

    /// <summary>The session after nothing was heard of it in time. A lease ran out; everything else ended somewhere after it was last seen.</summary>
    /// <param name="now">When that is written down.</param>
    public AddressSession Overdue(Instant now)
    {
        var until = Instant.Max(ExpectedBy ?? SeenAt, SeenAt);
        return this with
        {
            SeenAt = Source == SessionSource.Dhcp ? until : SeenAt,
            EndedAt = until,
            End = Source == SessionSource.Dhcp ? SessionEnd.Expired : SessionEnd.Lost,
            ExpectedBy = null,
            EndRecordedAt = now,
        };
    }

    /// <summary>The session as it was known at a moment; null when it was not known then.</summary>
    public AddressSession? AsKnownAt(Instant at)
    {
        if (RecordedAt > at)
            return null;
        return EndRecordedAt > at ? this with { EndedAt = null, End = null, EndRecordedAt = null, SeenAt = Instant.Max(StartedAt, Instant.Min(SeenAt, at)), ExpectedBy = null } : this;
    }
}
