using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Policy.Blocks;

/// <summary>Who says yes or no to a block that takes two people. Pure.</summary>
public static class ProposalRules
{
    /// <summary>How long it waits: whoever wants it later looks anew at what it would hit.</summary>
    public static readonly Duration WaitsAtMost = Duration.FromHours(24);

    /// <summary>Why this person cannot decide about it now, as a sentence; null when they can.</summary>
    /// <param name="proposal">What waits.</param>
    /// <param name="role">What the person is.</param>
    /// <param name="by">Who that is.</param>
    /// <param name="now">The time.</param>
    /// <remarks>A yes needs besides that this person could place the block: <see cref="BlockRules.DecideFor"/>, with what it would hit now.</remarks>
    public static string? ProblemOf(BlockProposal proposal, OperatorRole role, Actor by, Instant now) =>
        !OperatorRules.May(role, DeskAction.PlaceBlocks) ? "Your role does not place blocks."
        : proposal.State is ProposalState.Confirmed or ProposalState.Declined ? "It is decided already."
        : proposal.State == ProposalState.Expired || now >= proposal.ExpiresAt ? $"Nobody said yes within {DurationText.Human(WaitsAtMost)}. It must be placed anew."
        : by == proposal.ProposedBy ? "Whoever wants a block does not also confirm it: another operator says yes or no."
        : null;
}
