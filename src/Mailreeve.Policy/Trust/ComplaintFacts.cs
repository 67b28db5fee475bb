using System.Collections.Immutable;
using NodaTime;

namespace Mailreeve.Policy.Trust;

/// <summary>What our own records say about a message that is complained about.</summary>
public enum OwnRecord
{
    /// <summary>They do not show it: the customer's own server sent it, or nobody did.</summary>
    None,

    /// <summary>They know it, but its text was not shown as it was sent, or it reached the reporter from elsewhere.</summary>
    InPart,

    /// <summary>They show that the customer sent this very text, and it reached the reporter from our servers.</summary>
    Whole,
}

/// <summary>What is known about one complaint.</summary>
public sealed record ComplaintFacts
{
    /// <summary>Number of the reporter's proved organisation; null when nothing proves who sent it.</summary>
    public long? Organisation { get; init; }

    /// <summary>What operators think of it.</summary>
    public ReporterStanding Standing { get; init; }

    /// <summary>How its complaints were decided.</summary>
    public ReporterHistory History { get; init; }

    /// <summary>Whether anybody gets a mailbox in its domain.</summary>
    public bool IsSharedDomain { get; init; }

    /// <summary>Whether it is a click in a feedback loop, and no complaint that somebody wrote.</summary>
    public bool IsFeedback { get; init; }

    /// <summary>Whether such clicks are more than the customer's mail allows.</summary>
    public bool ExceedsFeedbackRate { get; init; }

    /// <summary>Whether no other reporter had brought this evidence in the case.</summary>
    public bool IsEvidenceNew { get; init; } = true;

    /// <summary>How long before the report it happened; null when the report does not say, or says something that cannot be.</summary>
    public Duration? Age { get; init; }

    /// <summary>What our own records say.</summary>
    public OwnRecord Records { get; init; }

    /// <summary>Whether the message was shown to have come to the reporter by another way than from the customer or us.</summary>
    public bool CameFromElsewhere { get; init; }

    /// <summary>Whether the source is one that is easily forged: packets, and not a connection.</summary>
    public bool IsEasilyForged { get; init; }
}

/// <summary>How far a case's complaints are trusted.</summary>
/// <param name="Level">The highest measure that may happen by itself.</param>
/// <param name="Witnesses">Numbers of the organisations that count as independent reporters; 0 stands for all shared domains together.</param>
/// <param name="IsConfirmed">Whether our own records show a message of it, reported by somebody who is proved.</param>
public sealed record CaseTrust(TrustLevel Level, ImmutableSortedSet<long> Witnesses, bool IsConfirmed)
{
    /// <summary>Nobody has said anything yet.</summary>
    public static readonly CaseTrust None = new(TrustLevel.Nothing, [], false);
}

/// <summary>What a complaint makes of the trust in a case.</summary>
/// <param name="Trust">The trust now; never less than before.</param>
/// <param name="Points">What speaks for it, in points.</param>
/// <param name="Reasons">Why, most important first.</param>
public sealed record TrustVerdict(CaseTrust Trust, long Points, IReadOnlyList<TrustReason> Reasons);
