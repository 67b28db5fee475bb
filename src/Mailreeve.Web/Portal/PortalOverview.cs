using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Portal;

/// <summary>What the customer's first page shows.</summary>
public sealed record PortalOverview
{
    /// <summary>Who.</summary>
    public required CustomerFact Customer { get; init; }

    /// <summary>How many are downstream, at any depth.</summary>
    public required int Downstreams { get; init; }

    /// <summary>Cases of the customer and of those downstream, open ones first.</summary>
    public required IReadOnlyList<CaseSummary> Cases { get; init; }

    /// <summary>Blocks in force.</summary>
    public required IReadOnlyList<BlockRow> Blocks { get; init; }

    /// <summary>Mailboxes and services that are suspended by a block.</summary>
    public required IReadOnlyList<ServiceBlockRow> ServiceBlocks { get; init; }

    /// <summary>Charges, newest first.</summary>
    public required IReadOnlyList<ChargeRow> Charges { get; init; }

    /// <summary>Charges for extra storage, newest month first.</summary>
    public required IReadOnlyList<StorageChargeRow> StorageCharges { get; init; }

    /// <summary>Sums of charges.</summary>
    public required IReadOnlyList<ChargeTotal> Totals { get; init; }

    /// <summary>Contacts, in the order in which they are tried.</summary>
    public required IReadOnlyList<Contact> Contacts { get; init; }

    /// <summary>The policy in force.</summary>
    public required string Revision { get; init; }

    /// <summary>When it was acknowledged; null when it was not.</summary>
    public Instant? AcknowledgedAt { get; init; }
}
