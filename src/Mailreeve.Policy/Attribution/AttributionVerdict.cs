namespace Mailreeve.Policy.Attribution;

/// <summary>Whose a resource was.</summary>
public abstract record AttributionVerdict
{
    private AttributionVerdict()
    {
    }

    /// <summary>That customer's, and nobody else's, at whatever moment of the window it was.</summary>
    public sealed record Certain(Holder Holder) : AttributionVerdict;

    /// <summary>That customer's as far as we can tell, and nobody else's: during a part of the window, or by what can be forged.</summary>
    public sealed record Bounded(Holder Holder) : AttributionVerdict;

    /// <summary>Of several customers, or of one that cannot be told: never an automatic measure.</summary>
    /// <param name="Customers">Those who come into question; empty when nobody can be named.</param>
    public sealed record Ambiguous(IReadOnlyList<CustomerId> Customers) : AttributionVerdict;

    /// <summary>In our networks or domains, but assigned to nobody then.</summary>
    public sealed record Unassigned : AttributionVerdict;

    /// <summary>Not ours.</summary>
    public sealed record NotOurs : AttributionVerdict;

    /// <summary>Only the sender's name is ours; nothing shows that it came from us. Anybody can write a name (joe job).</summary>
    public sealed record ForgedSender : AttributionVerdict;
}

/// <summary>Whose it was, and by which of our records.</summary>
/// <param name="Customer">The customer; a downstream when it is one's.</param>
/// <param name="Assignment">The assignment that says so.</param>
/// <param name="Submission">The message of the submission log that says so.</param>
/// <param name="Session">The session, lease or logged ports that say so.</param>
public sealed record Holder(CustomerId Customer, long? Assignment = null, long? Submission = null, long? Session = null);

/// <summary>What was found out about one observation.</summary>
/// <param name="Verdict">Whose it was.</param>
/// <param name="Basis">What names the customer; <see cref="AttributionBasis.None"/> when none is named.</param>
/// <param name="Resource">What the verdict is about; null when the observation names nothing that could be ours.</param>
/// <param name="Why">Reasons in sentences, for operators; they may name customers and never go to one.</param>
public sealed record Attributed(AttributionVerdict Verdict, AttributionBasis Basis, Cases.Resource? Resource, string Why)
{
    /// <summary>How well the evidence fits the message of the submission log that names the customer; null when something else does.</summary>
    public LogMatch? Match { get; init; }

    /// <summary>When that message was handed in, by our own records; null without one.</summary>
    public NodaTime.Instant? SentAt { get; init; }

    /// <summary>Whose it was, when somebody is named.</summary>
    public Holder? Holder => Verdict switch
    {
        AttributionVerdict.Certain v => v.Holder,
        AttributionVerdict.Bounded v => v.Holder,
        _ => null,
    };
}
