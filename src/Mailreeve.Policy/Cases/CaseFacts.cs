using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Trust;

namespace Mailreeve.Policy.Cases;

/// <summary>What is known at the moment of a decision, beside the case itself.</summary>
public sealed record CaseFacts
{
    /// <summary>The report whose complaint was just added; null when the decision has another occasion, or the complaint is a repeat.</summary>
    public ReportId? NewComplaint { get; init; }

    /// <summary>
    /// Whether the case is closed, and that complaint, for which nobody vouches, or sensors, which did not see it clearly enough, say that it went on
    /// after the customer's answer.
    /// </summary>
    public bool SaysItWentOn { get; init; }

    /// <summary>Whether that complaint is one that may be charged (C3).</summary>
    public ValidityVerdict Validity { get; init; } = ValidityVerdict.Valid;

    /// <summary>Proposed charges that may be confirmed without a person when the customer has had their say; empty when that is not asked.</summary>
    public IReadOnlyList<ChargeId> Confirmable { get; init; } = [];

    /// <summary>The step of a block that has just run out; null when none has.</summary>
    public string? ExpiredBlockStep { get; init; }

    /// <summary>The mailbox or service behind the resource of the case: as found where it is certain, or as a person says; null when neither.</summary>
    public SuspensionTarget? Suspension { get; init; }

    /// <summary>What blocking the address of the case would mean.</summary>
    public BlockFacts AddressBlock { get; init; } = BlockFacts.Nothing;

    /// <summary>What blocking all the customer's addresses would mean.</summary>
    public BlockFacts CustomerBlock { get; init; } = BlockFacts.Nothing;
}
