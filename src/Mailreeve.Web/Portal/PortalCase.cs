using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Page;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Layout;
using NodaTime;

namespace Mailreeve.Web.Portal;

/// <summary>
/// What a customer may see of a case. The page is made from this and from nothing else, so that what is not in here – who reported, the
/// report itself, what was asked inside the house – cannot be on it.
/// </summary>
public sealed record PortalCase
{
    /// <summary>Complaints and sightings on one page.</summary>
    internal const int SightingsMax = 20;

    /// <summary>The case as it stands.</summary>
    public required AbuseCase Case { get; init; }

    /// <summary>The reader's time zone (TZDB id).</summary>
    public required string TimeZone { get; init; }

    /// <summary>The clause that the case is about.</summary>
    public required PageClause Clause { get; init; }

    /// <summary>What was seen, oldest first.</summary>
    public required IReadOnlyList<Sighting> Sightings { get; init; }

    /// <summary>The redacted evidence; empty when there is none.</summary>
    public required string Evidence { get; init; }

    /// <summary>The answers so far, oldest first.</summary>
    public required IReadOnlyList<ResponseRow> Answers { get; init; }

    /// <summary>Blocks in force.</summary>
    public required IReadOnlyList<BlockRow> Blocks { get; init; }

    /// <summary>Mailboxes and services that are suspended.</summary>
    public required IReadOnlyList<ServiceBlockRow> ServiceBlocks { get; init; }

    /// <summary>Charges that this customer would pay.</summary>
    public required IReadOnlyList<ChargeRow> Charges { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<HistoryLine> History { get; init; }

    /// <summary>Whether an answer is wanted, or a better one would be taken.</summary>
    public bool MayAnswer => Case.Phase is CasePhase.Notifying or CasePhase.AwaitingAnswer or CasePhase.InReview;

    /// <summary>Relay tests of what the case is about, newest first; empty when none were made.</summary>
    public IReadOnlyList<RelayRunRow> RelayRuns { get; init; } = [];

    /// <summary>Whether the customer may ask for a relay test: the case is about one, and tests are made.</summary>
    public bool MayTestRelay { get; init; }

    /// <summary>The domain whose postmaster the case is about, as checks of ours see it; null when it is about none, or none of theirs.</summary>
    public PostmasterRow? Postmaster { get; init; }

    /// <summary>Whether the customer may have it checked again.</summary>
    public bool MayCheckPostmaster { get; init; }

    /// <summary>Leaves out of a file what is not the customer's to see.</summary>
    /// <param name="file">The file.</param>
    /// <param name="evidence">Evidence, redacted already.</param>
    /// <param name="sightings">What was seen, redacted already.</param>
    /// <param name="clause">The clause that the case is about.</param>
    /// <param name="timeZone">The reader's time zone.</param>
    /// <param name="own">The reader, and all downstream of it.</param>
    public static PortalCase Of(
        CaseFile file, string evidence, IReadOnlyList<Sighting> sightings, PageClause clause, string timeZone, IReadOnlyCollection<CustomerId> own) => new()
    {
        Case = file.Case,
        TimeZone = timeZone,
        Clause = clause,
        Evidence = evidence,
        Sightings = sightings,
        Answers = file.Responses,
        Blocks = [.. file.Blocks.Where(b => b.State == BlockState.InForce)],
        ServiceBlocks = [.. file.ServiceBlocks.Where(b => b.State == BlockState.InForce)],
        Charges = [.. file.Charges.Where(c => own.Contains(c.CustomerId))],
        History = [.. file.Events.Select(e => HistoryOf(e, timeZone)).OfType<HistoryLine>()],
    };

    private static HistoryLine? HistoryOf(CaseEventRow row, string timeZone) =>
        EventText.ForCustomer(row.Happened, at => $"{Show.Utc(at)} ({Show.Local(at, timeZone)})") is { } text
            ? new HistoryLine(row.At, text, EventText.ActorForCustomer(row.Actor), row.Clause)
            : null;
}

/// <summary>One thing that was seen.</summary>
/// <param name="At">When; null when the report did not say.</param>
/// <param name="What">XARF v4 type in words.</param>
/// <param name="Where">Address and port, or site.</param>
public sealed record Sighting(Instant? At, string What, string Where)
{
    /// <summary>Leaves out of an observation who reported it, and what names a recipient.</summary>
    /// <param name="row">The observation.</param>
    /// <param name="where">Where it was, redacted already.</param>
    public static Sighting Of(EventRow row, string where) =>
        new(row.OccurredAt, row.Type[(row.Type.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('_', ' '), where);
}

/// <summary>A line of a history.</summary>
/// <param name="At">When.</param>
/// <param name="Text">What happened.</param>
/// <param name="Who">By whom, without a name of ours.</param>
/// <param name="Clause">The clause it rests on.</param>
public sealed record HistoryLine(Instant At, string Text, string Who, ClauseId? Clause);
