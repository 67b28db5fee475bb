using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>What is known about a resource that a report names.</summary>
/// <param name="Window">When it was observed, with the doubt about that.</param>
/// <param name="Candidates">Every assignment that ever covered it, most specific first.</param>
/// <param name="IsOurs">Whether it lies in our own networks or domains.</param>
public sealed record AttributionFacts(Interval Window, IReadOnlyList<Assignment> Candidates, bool IsOurs);

/// <summary>Finds whose a reported resource was at the time of the event (C2). Pure.</summary>
public static class AttributionRules
{
    /// <summary>The verdict.</summary>
    public static AttributionVerdict Decide(AttributionFacts facts)
    {
        var held = facts.Candidates.Where(a => a.HeldWithin(facts.Window.Start, facts.Window.End)).ToList();
        if (held.Count == 0)
            return facts.IsOurs ? new AttributionVerdict.Unassigned() : new AttributionVerdict.NotOurs();

        var mostSpecific = held[0];
        if (mostSpecific.HeldAt(facts.Window.Start) && mostSpecific.HeldAt(facts.Window.End))
            return new AttributionVerdict.Certain(mostSpecific);
        return held.Any(a => a.Customer != mostSpecific.Customer)
            ? new AttributionVerdict.Ambiguous([.. held.Select(a => a.Customer).Distinct()])
            : new AttributionVerdict.Bounded(mostSpecific);
    }

    /// <summary>When something happened, given how well the report says so.</summary>
    /// <param name="occurredAt">The reported time; null when there is none that can be used.</param>
    /// <param name="doubt">How far off it may be, either way.</param>
    /// <param name="receivedAt">When the report arrived: nothing happened after that.</param>
    public static Interval WindowOf(Instant? occurredAt, Duration doubt, Instant receivedAt)
    {
        // A report without a usable time, or with one from the future, speaks of the days before it arrived.
        if (occurredAt is not { } at || at - doubt > receivedAt)
            return new Interval(receivedAt - Duration.FromDays(7), receivedAt);
        return new Interval(at - doubt, Instant.Max(at - doubt, Instant.Min(at + doubt, receivedAt)));
    }
}

/// <summary>Whose a resource was.</summary>
public abstract record AttributionVerdict
{
    private AttributionVerdict()
    {
    }

    /// <summary>The same customer's during the whole window.</summary>
    public sealed record Certain(Assignment Assignment) : AttributionVerdict;

    /// <summary>That customer's during a part of the window, and nobody else's during the rest.</summary>
    public sealed record Bounded(Assignment Assignment) : AttributionVerdict;

    /// <summary>That customer's, by the trace in the message itself: it says who handed it in, whatever address it was seen coming from.</summary>
    public sealed record Traced(CustomerId Customer, long Submission) : AttributionVerdict;

    /// <summary>Of several customers within the window: never an automatic measure.</summary>
    public sealed record Ambiguous(IReadOnlyList<CustomerId> Customers) : AttributionVerdict;

    /// <summary>In our networks or domains, but assigned to nobody then.</summary>
    public sealed record Unassigned : AttributionVerdict;

    /// <summary>Not ours.</summary>
    public sealed record NotOurs : AttributionVerdict;
}
