using System.Collections.Frozen;
using Mailreeve.Policy.Attribution;

namespace Mailreeve.Policy.Trust;

/// <summary>Decides what complaints may lead to without a person (C3, C4). Pure.</summary>
/// <remarks>
/// Anybody can write a report about anybody. So nothing that is not proved starts anything, one reporter alone blocks nobody, and what
/// our own records show counts only when it is the whole message, on a way that leads from us: a copied header is cheap. Points say how
/// much speaks for a complaint; the conditions beside them hold whatever the points are.
/// </remarks>
public static class TrustRules
{
    /// <summary>The number that stands for all domains in which anybody gets a mailbox.</summary>
    public const long SharedDomains = 0;

    // Beyond so many it makes no difference who else complains.
    private const int WitnessesMax = 32;

    // A history of one or two decisions is chance.
    private const long DecidedAtLeast = 3;

    // No connection is made for these: the source is what the packet says.
    private static readonly FrozenSet<string> WithoutConnection = FrozenSet.Create("connection/ddos", "connection/port_scan", "connection/reconnaissance");

    private const long PointsOfWitness = 10;
    private const long PointsOfOwnRecords = 20;
    private const long PointsOfStanding = 5;
    private const long PointsOfOldEvidence = -5;

    /// <summary>What one more complaint makes of the trust in a case.</summary>
    /// <param name="terms">The figures of the policy.</param>
    /// <param name="before">The trust without it; <see cref="CaseTrust.None"/> for the first one.</param>
    /// <param name="facts">What is known about it.</param>
    public static TrustVerdict Judge(TrustTerms terms, CaseTrust before, ComplaintFacts facts)
    {
        var reasons = new List<TrustReason>();
        if (facts.IsFeedback)
            return OfFeedback(before, facts);
        if (facts.Organisation is not { } organisation)
            return OfStranger(before, facts);
        if (facts.Standing == ReporterStanding.Ignored)
            return new TrustVerdict(before, 0, [TrustReason.IgnoredReporter]);
        if (IsBad(terms, facts.History))
            return new TrustVerdict(before, 0, [TrustReason.BadHistory]);

        reasons.Add(TrustReason.Authentic);
        var isOld = facts.Age > terms.EvidenceFresh.Value;
        NoteEvidence(facts, isOld, reasons);
        var counts = !isOld && facts is { Age: not null, IsEvidenceNew: true, IsEasilyForged: false, CameFromElsewhere: false };
        var witness = facts.IsSharedDomain ? SharedDomains : organisation;
        var witnesses = counts && before.Witnesses.Count < WitnessesMax ? before.Witnesses.Add(witness) : before.Witnesses;
        var isConfirmed = before.IsConfirmed || (counts && facts.Records == OwnRecord.Whole);

        var points = PointsOfWitness * Math.Max(1, witnesses.Count) + (isOld ? PointsOfOldEvidence : 0) + StandingOf(terms, facts, reasons);
        if (isConfirmed)
            points += PointsOfOwnRecords;
        if (witnesses.Count > 1)
            reasons.Insert(0, TrustReason.IndependentReporters);
        var level = LevelOf(terms, points, witnesses.Count, isConfirmed);
        return new TrustVerdict(new CaseTrust(Higher(before.Level, level), witnesses, isConfirmed), points, reasons);
    }

    /// <summary>Whether the source of such an observation is easily forged.</summary>
    /// <param name="type">XARF v4 <c>category/type</c>.</param>
    public static bool IsEasilyForged(string type) => WithoutConnection.Contains(type);

    /// <summary>
    /// What our own records say about a message. <see cref="OwnRecord.Whole"/> lets a single reporter block (C4): so the text must be the one that
    /// was handed in, and it must have come from us. A header is copied in a second, and a genuine message is sent again to strangers.
    /// </summary>
    /// <param name="attributed">Whose it was found to be.</param>
    /// <param name="isFromUs">Whether an address of ours handed it to the reporter; null when the report names none that did.</param>
    public static OwnRecord RecordsOf(Attributed attributed, bool? isFromUs) => attributed.Basis switch
    {
        AttributionBasis.Traced or AttributionBasis.QueueId when attributed.Match == LogMatch.Proven && isFromUs == true => OwnRecord.Whole,
        AttributionBasis.Dkim when isFromUs == true => OwnRecord.Whole,
        AttributionBasis.Traced or AttributionBasis.QueueId or AttributionBasis.Dkim => OwnRecord.InPart,
        _ => OwnRecord.None,
    };

    private static TrustLevel LevelOf(TrustTerms terms, long points, int witnesses, bool isConfirmed)
    {
        if (points < terms.NoticeAt.Value)
            return TrustLevel.Nothing;
        // Whatever the points: one reporter is not enough, unless we see it ourselves.
        if (points < terms.BlockAt.Value || (witnesses < terms.ReportersToBlock.Value && !isConfirmed))
            return TrustLevel.Notice;
        return isConfirmed ? TrustLevel.Charge : TrustLevel.Block;
    }

    // Nobody vouches for it. Our own records can still show that there is such a message; who complains about it stays open, so that
    // the customer hears of it and nothing more.
    private static TrustVerdict OfStranger(CaseTrust before, ComplaintFacts facts) => facts.Records == OwnRecord.Whole
        ? new TrustVerdict(before with { Level = Higher(before.Level, TrustLevel.Notice) }, PointsOfOwnRecords, [TrustReason.NotAuthentic, TrustReason.OwnRecords])
        : new TrustVerdict(before, 0, facts.Records == OwnRecord.InPart ? [TrustReason.NotAuthentic, TrustReason.OwnRecordsInPart] : [TrustReason.NotAuthentic]);

    // People click on what they no longer want, whether they once asked for it or not.
    private static TrustVerdict OfFeedback(CaseTrust before, ComplaintFacts facts) =>
        facts is { ExceedsFeedbackRate: true, Organisation: not null, Standing: not ReporterStanding.Ignored }
            ? new TrustVerdict(before with { Level = Higher(before.Level, TrustLevel.Notice) }, 0, [TrustReason.FeedbackRate])
            : new TrustVerdict(before, 0, facts.Organisation is null ? [TrustReason.NotAuthentic, TrustReason.FeedbackLoop] : [TrustReason.FeedbackLoop]);

    private static void NoteEvidence(ComplaintFacts facts, bool isOld, List<TrustReason> reasons)
    {
        switch (facts.Records)
        {
            case OwnRecord.Whole:
                reasons.Add(TrustReason.OwnRecords);
                break;
            case OwnRecord.InPart:
                reasons.Add(TrustReason.OwnRecordsInPart);
                break;
            default:
                break;
        }

        if (!facts.IsEvidenceNew)
            reasons.Add(TrustReason.SameEvidence);
        if (facts.IsSharedDomain)
            reasons.Add(TrustReason.SharedDomain);
        if (facts.IsEasilyForged)
            reasons.Add(TrustReason.EasilyForged);
        if (facts.Age is null)
            reasons.Add(TrustReason.NoTime);
        if (isOld)
            reasons.Add(TrustReason.OldEvidence);
    }

    private static long StandingOf(TrustTerms terms, ComplaintFacts facts, List<TrustReason> reasons)
    {
        var points = 0L;
        if (facts.Standing == ReporterStanding.Trusted)
        {
            reasons.Add(TrustReason.TrustedReporter);
            points += PointsOfStanding;
        }

        if (facts.History.Decided >= DecidedAtLeast && !IsBad(terms, facts.History))
        {
            reasons.Add(TrustReason.GoodHistory);
            points += PointsOfStanding;
        }

        return points;
    }

    private static bool IsBad(TrustTerms terms, ReporterHistory history) =>
        history.Decided >= DecidedAtLeast && history.Invalid * 100 > history.Decided * terms.InvalidAtMost.Value;

    private static TrustLevel Higher(TrustLevel a, TrustLevel b) => a > b ? a : b;
}
