using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Policy.Mail;

/// <summary>What the client calls itself.</summary>
public enum HeloFinding
{
    /// <summary>A name that a server can have, or an address in brackets.</summary>
    Plausible,

    /// <summary>No full name: a single word, a bare address, nonsense.</summary>
    Odd,

    /// <summary>Our own name, or our own domain.</summary>
    Ours,
}

/// <summary>Whether the client's address has a name that has this address (RFC 8601 §2.7.3, iprev).</summary>
public enum ReverseName
{
    /// <summary>It was not asked, or the DNS did not answer.</summary>
    Unknown,

    /// <summary>It has.</summary>
    True,

    /// <summary>It has a name, which has other addresses.</summary>
    False,

    /// <summary>It has none.</summary>
    Missing,
}

/// <summary>A DNS list has the client, or a domain of the sender.</summary>
/// <param name="List">The list's zone.</param>
/// <param name="Meaning">What the entry means.</param>
/// <param name="Weight">Points.</param>
public sealed record ListFinding(string List, string Meaning, int Weight);

/// <summary>Where greylisting stands for a sender and a recipient.</summary>
public enum GreylistState
{
    /// <summary>They are known: it came again after the wait, or others from there did.</summary>
    Known,

    /// <summary>Never seen, or too early.</summary>
    Waiting,
}

/// <summary>
/// What is known about a message that comes in. What is <see langword="null"/> has not been looked at, or not yet: before the message
/// itself has come, only the client and the envelope are known.
/// </summary>
public sealed record InboundFacts
{
    /// <summary>Whether it is for abuse@ or postmaster@: where complaints come, about this too.</summary>
    public bool IsForRole { get; init; }

    /// <summary>Whether more comes from the client's network than may.</summary>
    public bool IsTooFast { get; init; }

    /// <summary>What the client calls itself.</summary>
    public HeloFinding Helo { get; init; }

    /// <summary>The name of the client's address.</summary>
    public ReverseName ReverseName { get; init; }

    /// <summary>What SPF says about the envelope sender.</summary>
    public SpfVerdict? Spf { get; init; }

    /// <summary>What DNS lists say.</summary>
    public IReadOnlyList<ListFinding> Lists { get; init; } = [];

    /// <summary>Where greylisting stands.</summary>
    public GreylistState? Greylist { get; init; }

    /// <summary>What the signatures are worth.</summary>
    public IReadOnlyList<DkimVerdict> Signatures { get; init; } = [];

    /// <summary>What the chain of those who handed it on is worth.</summary>
    public ArcVerdict? Chain { get; init; }

    /// <summary>Whether it is from whom it says.</summary>
    public DmarcVerdict? Author { get; init; }

    /// <summary>What Rspamd says.</summary>
    public RspamdReply? Rspamd { get; init; }

    /// <summary>What clamd says.</summary>
    public ClamdReply? Clamd { get; init; }
}
