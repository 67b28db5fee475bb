using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Relay;

/// <summary>What may be tested when, and what tests show (C7). Pure: same arguments, same verdict.</summary>
public static class RelayRules
{
    /// <summary>How long a message that was taken may be under way. Relays queue.</summary>
    public static readonly Duration ProofWithin = Duration.FromHours(24);

    /// <summary>Shortest time between two runs that nobody's case asks for.</summary>
    public static readonly Duration RunEvery = Duration.FromHours(24);

    /// <summary>Shortest time between two runs that a customer asks for.</summary>
    public static readonly Duration CustomerRunEvery = Duration.FromHours(1);

    /// <summary>How often what was put off is tried in all.</summary>
    public const int RoundsMax = 3;

    /// <summary>Until what was put off is tried again: longer than greylisting lasts.</summary>
    public static readonly Duration RoundEvery = Duration.FromMinutes(20);

    /// <summary>Why a host may not be tested now; <see langword="null"/> when it may.</summary>
    /// <remarks>Only customers' hosts whose contract allows it are tested, never anybody else's: those are judged by evidence and lists.</remarks>
    public static string? Objection(RelayTargetFacts facts, RelayOccasion occasion, Instant now)
    {
        if (!facts.IsOurs)
            return $"{facts.Address} is not in our networks. Only hosts of our customers are tested.";
        if (facts.IsOwnServer)
            return $"{facts.Address} is a server of ours.";
        if (facts.IsNeverTested)
            return $"{facts.Address} is on the never-test list.";
        if (!facts.HasActiveHolder)
            return $"No active customer has {facts.Address}.";
        if (!facts.HasConsent)
            return $"The customer who has {facts.Address} has no active service 'mail-server', so no contract allows the test.";
        if (facts.IsUnderWay)
            return $"A test of {facts.Address} is under way or waits already.";
        var every = occasion switch
        {
            RelayOccasion.Case => Duration.Zero,
            RelayOccasion.Customer => CustomerRunEvery,
            _ => RunEvery,
        };
        return facts.LastAskedAt is { } last && now < last + every
            ? $"{facts.Address} was tested less than {DurationText.Print(every)} ago. See that result."
            : null;
    }

    /// <summary>What the answers to one test show, before anything has arrived.</summary>
    /// <param name="mail">The reply to MAIL; null when there was none.</param>
    /// <param name="rcpt">The reply to RCPT; null when it was not said.</param>
    /// <param name="data">The reply to DATA; null when it was not said.</param>
    /// <param name="end">The reply to the message; null when it was not sent.</param>
    public static RelayVerdict OfReplies(int? mail, int? rcpt, int? data, int? end)
    {
        foreach (var code in new[] { mail, rcpt })
        {
            if (code is null)
                return RelayVerdict.Waiting;
            if (code / 100 != 2)
                return code / 100 == 4 ? RelayVerdict.PutOff : RelayVerdict.Refused;
        }

        // That it took the recipient is no proof: it may look at the message first, or bounce it.
        return data / 100 == 3 && end / 100 == 2 ? RelayVerdict.TookMessage
            : data / 100 == 4 || end / 100 == 4 ? RelayVerdict.PutOff
            : RelayVerdict.TookRecipient;
    }

    /// <summary>What a message shows that has come to the collector.</summary>
    /// <param name="arrival">The message.</param>
    /// <param name="tested">The tested address.</param>
    /// <returns><see langword="null"/> when it is not the message of the test: a bounce of it, or an answer to it.</returns>
    public static RelayVerdict? OfArrival(RelayArrivalFacts arrival, Address tested)
    {
        // A bounce may quote all of it. Only the message itself has its mark in its own header.
        if (arrival.MarkedToken != arrival.RecipientToken)
            return null;
        return arrival.Client == tested || arrival.Hops.Contains(tested) ? RelayVerdict.Proven : RelayVerdict.CameElsewhere;
    }

    /// <summary>What a test shows after the time that it has.</summary>
    /// <param name="verdict">What it has shown.</param>
    /// <param name="takenAt">When the message was taken.</param>
    /// <param name="now">The time.</param>
    public static RelayVerdict AfterTime(RelayVerdict verdict, Instant? takenAt, Instant now) =>
        verdict == RelayVerdict.TookMessage && takenAt is { } taken && now >= taken + ProofWithin ? RelayVerdict.NotRelayed : verdict;

    /// <summary>What a run shows.</summary>
    /// <param name="dialogue">How far it has come.</param>
    /// <param name="tests">What each of its tests has shown.</param>
    /// <param name="isBlocked">
    /// Whether port 25 of the host was blocked meanwhile: what it took it could then not have passed on, so that nothing arrived proves nothing.
    /// </param>
    public static RelayRunVerdict OfRun(RelayDialogue dialogue, IReadOnlyCollection<RelayVerdict> tests, bool isBlocked)
    {
        if (tests.Contains(RelayVerdict.Proven))
            return RelayRunVerdict.Open;
        var sofar = dialogue switch
        {
            RelayDialogue.Open => RelayRunVerdict.Waiting,
            RelayDialogue.Unreachable => RelayRunVerdict.Unreachable,
            RelayDialogue.RefusesTester => RelayRunVerdict.RefusesTester,
            RelayDialogue.BrokenOff => RelayRunVerdict.Incomplete,
            _ => RelayRunVerdict.Closed,
        };
        if (sofar != RelayRunVerdict.Closed)
            return sofar;
        if (tests.Contains(RelayVerdict.Waiting) || tests.All(t => t == RelayVerdict.Omitted))
            return RelayRunVerdict.Incomplete;
        if (tests.Contains(RelayVerdict.TookMessage))
            return RelayRunVerdict.Pending;
        if (tests.Contains(RelayVerdict.CameElsewhere) || (isBlocked && tests.Contains(RelayVerdict.NotRelayed)))
            return RelayRunVerdict.Unclear;
        return RelayRunVerdict.Closed;
    }

    /// <summary>Whether a run tells all that it ever will.</summary>
    public static bool IsFinal(RelayRunVerdict verdict) => verdict is not (RelayRunVerdict.Waiting or RelayRunVerdict.Pending);
}

/// <summary>Why a run is made.</summary>
public enum RelayOccasion
{
    /// <summary>An operator wants to know.</summary>
    Operator,

    /// <summary>The customer says that it is closed now.</summary>
    Customer,

    /// <summary>A case needs to know before it goes on.</summary>
    Case,
}

/// <summary>What is known about a host that is to be tested.</summary>
/// <param name="Address">The address.</param>
public sealed record RelayTargetFacts(Address Address)
{
    /// <summary>Whether it is in our networks.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Whether it is a server of ours.</summary>
    public bool IsOwnServer { get; init; }

    /// <summary>Whether it is on the never-test list.</summary>
    public bool IsNeverTested { get; init; }

    /// <summary>Whether a customer has it at this moment who is active, and all above that one.</summary>
    public bool HasActiveHolder { get; init; }

    /// <summary>Whether that customer's contract allows the test: it has an active service <c>mail-server</c>.</summary>
    public bool HasConsent { get; init; }

    /// <summary>Whether a run of it waits or is carried out.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>When a run was last asked for that was carried out; <see langword="null"/> for never.</summary>
    public Instant? LastAskedAt { get; init; }
}

/// <summary>What is known about a message that came to the collector.</summary>
/// <param name="RecipientToken">The token it was for.</param>
/// <param name="MarkedToken">The token in the mark of its own header; <see langword="null"/> when there is none.</param>
/// <param name="Client">Who handed it to us.</param>
/// <param name="Hops">Addresses that the servers on its way say it came from.</param>
public sealed record RelayArrivalFacts(string RecipientToken, string? MarkedToken, Address Client, IReadOnlyList<Address> Hops);
