using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>A block that one operator wants, and that waits for another's yes.</summary>
public abstract record BlockProposal
{
    /// <summary>Who wants it.</summary>
    public required Actor ProposedBy { get; init; }

    /// <summary>Since when.</summary>
    public required Instant ProposedAt { get; init; }

    /// <summary>Until when somebody may say yes; at this instant it is over.</summary>
    public required Instant ExpiresAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required ProposalState State { get; init; }
}

/// <summary>Where a <see cref="BlockProposal"/> stands.</summary>
public enum ProposalState
{
    /// <summary>Nobody has said yes or no, unless its time is over and nobody has noted it yet.</summary>
    Waiting,

    /// <summary>Another operator said yes, and it was placed.</summary>
    Confirmed,

    /// <summary>Another operator said no.</summary>
    Declined,

    /// <summary>Its time was over.</summary>
    Expired,
}
