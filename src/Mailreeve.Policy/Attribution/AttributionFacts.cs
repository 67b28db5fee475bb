using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>What is known about one observation of a report.</summary>
public sealed record AttributionFacts
{
    /// <summary>When it was observed, with the doubt about that.</summary>
    public required Interval Window { get; init; }

    /// <summary>The message complained about, when the observation is about one that we have.</summary>
    public MessageFacts? Message { get; init; }

    /// <summary>What the observation names and could be ours, in the order in which to ask.</summary>
    public IReadOnlyList<ResourceFacts> Resources { get; init; } = [];
}

/// <summary>What our records, and the message itself, say about who sent it.</summary>
public sealed record MessageFacts
{
    /// <summary>The message of the submission log that the evidence points at; null when it points at none.</summary>
    public LoggedMessage? Logged { get; init; }

    /// <summary>A signature that we made and that verifies; null when there is none.</summary>
    public SignedMessage? Signed { get; init; }

    /// <summary>The sender's domain or mailbox, when it is one of ours or of a customer's; null otherwise.</summary>
    public SenderFacts? Sender { get; init; }
}

/// <summary>A message of the submission log.</summary>
/// <param name="Submission">Its number.</param>
/// <param name="Customer">Who handed it in.</param>
/// <param name="Resource">The mailbox, or the address of the customer's own server.</param>
/// <param name="Basis"><see cref="AttributionBasis.Traced"/> or <see cref="AttributionBasis.QueueId"/>.</param>
/// <param name="Match">How well the evidence fits it.</param>
/// <param name="At">When it was handed in.</param>
public sealed record LoggedMessage(long Submission, CustomerId Customer, Resource Resource, AttributionBasis Basis, LogMatch Match, Instant At);

/// <summary>A message with a signature that was made with a key of ours, in use or retired.</summary>
/// <param name="Resource">The domain that signed, or the mailbox of the signed sender if the domain is the provider's.</param>
/// <param name="Selector">Which key.</param>
/// <param name="IsRetired">Whether it signs no more.</param>
/// <param name="Candidates">Whose the resource is or was, most specific first.</param>
/// <param name="SignedAt">When it was signed; null when the signature does not say.</param>
public sealed record SignedMessage(Resource Resource, string Selector, bool IsRetired, IReadOnlyList<Candidate> Candidates, Instant? SignedAt);

/// <summary>A sender's name that belongs here.</summary>
/// <param name="Resource">The domain or mailbox.</param>
/// <param name="Candidates">Whose it is or was, most specific first.</param>
/// <param name="IsBorneOut">Whether SPF or DKIM of that domain passed where the reporter's own server received the message.</param>
public sealed record SenderFacts(Resource Resource, IReadOnlyList<Candidate> Candidates, bool IsBorneOut);

/// <summary>What is known about a resource that an observation names.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Candidates">Every assignment that ever covered it, most specific first.</param>
/// <param name="IsOurs">Whether it lies in our own networks or domains.</param>
public sealed record ResourceFacts(Resource Resource, IReadOnlyList<Candidate> Candidates, bool IsOurs)
{
    /// <summary>
    /// Of a reported block that was given to nobody as a whole: every assignment that ever was of a part of it. Empty for anything else.
    /// </summary>
    public IReadOnlyList<Candidate> Parts { get; init; } = [];

    /// <summary>Whether it is an address of a mail server of ours: what comes from there was handed in by somebody else.</summary>
    public bool IsOurServer { get; init; }

    /// <summary>All that is known about an address within the window, sessions among it; null when the resource is none.</summary>
    public WhoFacts? Who { get; init; }

    /// <summary>What the DNS said about a host; null when it was not asked, or the resource is none.</summary>
    public HostFacts? Host { get; init; }
}

/// <summary>An assignment that may be the one.</summary>
/// <param name="Assignment">The assignment; its id is 0 when it is a mailbox's, of which there is none.</param>
/// <param name="Chain">Its customer, that one's provider, … up to our direct customer, who is last (C2).</param>
public sealed record Candidate(Assignment Assignment, IReadOnlyList<CustomerId> Chain);

/// <summary>Where a host's name led, according to the answers we stored.</summary>
/// <param name="Answers">Each address with the times between which every answer had it, oldest first.</param>
/// <param name="AskedAt">When the last answer came; null when there never was one.</param>
public sealed record HostFacts(IReadOnlyList<HostAddress> Answers, Instant? AskedAt);

/// <summary>An address that a host had.</summary>
/// <param name="Address">The address.</param>
/// <param name="FirstAt">First answer with it.</param>
/// <param name="LastAt">Last answer with it; as long as the next one lacked it not.</param>
/// <param name="Candidates">Every assignment that ever covered it, most specific first.</param>
/// <param name="IsOurs">Whether it lies in our networks.</param>
public sealed record HostAddress(Address Address, Instant FirstAt, Instant LastAt, IReadOnlyList<Candidate> Candidates, bool IsOurs);
