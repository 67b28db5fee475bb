using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>What is known about an address at a time.</summary>
public sealed record WhoFacts
{
    /// <summary>The address.</summary>
    public required Address Address { get; init; }

    /// <summary>The source port, 1–65535; null when it is not known.</summary>
    public int? Port { get; init; }

    /// <summary>When, with the doubt about that.</summary>
    public required Interval Window { get; init; }

    /// <summary>Whether it lies in our networks, or behind a translator of ours.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>Every assignment that ever covered it, most specific first.</summary>
    public IReadOnlyList<Candidate> Assignments { get; init; } = [];

    /// <summary>Sessions with the address that may have been within the window, whatever their ports.</summary>
    public IReadOnlyList<SessionCandidate> Sessions { get; init; } = [];

    /// <summary>What a deterministic translator says about the port; null when there is none for this address.</summary>
    public NatMapping? Nat { get; init; }

    /// <summary>What is known about the inside address; there exactly when <see cref="Nat"/> names one.</summary>
    public WhoFacts? Inside { get; init; }
}

/// <summary>A session that may be the one.</summary>
/// <param name="Session">The session.</param>
/// <param name="Chain">Its customer, that one's provider, … up to our direct customer (C2); empty when it is nobody's.</param>
public sealed record SessionCandidate(AddressSession Session, IReadOnlyList<CustomerId> Chain);

/// <summary>Who had an address.</summary>
/// <param name="Verdict">Whose it was.</param>
/// <param name="Chain">The holder, that customer's provider, … up to our direct customer; empty without a holder.</param>
/// <param name="Grounds">The rows that this rests on.</param>
/// <param name="Why">Reasons in sentences, for operators; they may name logins and never go to a customer.</param>
public sealed record WhoAnswer(AttributionVerdict Verdict, IReadOnlyList<CustomerId> Chain, IReadOnlyList<WhoGround> Grounds, string Why);

/// <summary>Something that an answer rests on.</summary>
public abstract record WhoGround
{
    private WhoGround()
    {
    }

    /// <summary>An assignment.</summary>
    public sealed record ByAssignment(Accounts.Assignment Assignment) : WhoGround;

    /// <summary>A session, a lease, or logged ports.</summary>
    public sealed record BySession(AddressSession Session) : WhoGround;

    /// <summary>A deterministic translator.</summary>
    /// <param name="Outside">The address that was asked about.</param>
    /// <param name="Mapping">The inside address and its ports.</param>
    public sealed record ByMapping(Address Outside, NatMapping.Mapped Mapping) : WhoGround;
}
