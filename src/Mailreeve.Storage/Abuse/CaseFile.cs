using Mailreeve.Policy.Cases;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Abuse;

/// <summary>All that is on record about one case, each list oldest first. Read in one go, so that it belongs together.</summary>
public sealed record CaseFile
{
    /// <summary>The case as it stands.</summary>
    public required AbuseCase Case { get; init; }

    /// <summary>What happened.</summary>
    public required IReadOnlyList<CaseEventRow> Events { get; init; }

    /// <summary>What was reported. Names reporters by number only, and still is for operators' eyes.</summary>
    public required IReadOnlyList<EventRow> Observations { get; init; }

    /// <summary>Notices to the customer.</summary>
    public required IReadOnlyList<NoticeRow> Notices { get; init; }

    /// <summary>The customer's answers.</summary>
    public required IReadOnlyList<ResponseRow> Responses { get; init; }

    /// <summary>Blocks, those that are over too.</summary>
    public required IReadOnlyList<BlockRow> Blocks { get; init; }

    /// <summary>Blocks of mailboxes and services, those that are over too.</summary>
    public IReadOnlyList<ServiceBlockRow> ServiceBlocks { get; init; } = [];

    /// <summary>Charges.</summary>
    public required IReadOnlyList<ChargeRow> Charges { get; init; }

    /// <summary>Questions to operators.</summary>
    public required IReadOnlyList<DecisionRow> Decisions { get; init; }
}
