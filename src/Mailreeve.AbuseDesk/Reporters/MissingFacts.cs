using Mailreeve.AbuseDesk.Intake;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>What a report lacks so that nobody can be held to it. Pure.</summary>
internal static class MissingFacts
{
    /// <summary>What to ask for; empty when nothing is missing, or a person has to look for another reason.</summary>
    public static IReadOnlyList<MissingFact> Of(UnderstoodReport understood, ReportOutcome outcome)
    {
        var reading = understood.Reading;
        if (outcome != ReportOutcome.NeedsPerson || understood.Report.Queue is not (ReportQueue.Abuse or ReportQueue.Postmaster))
            return [];
        // Mail in words may be about anything; only what is a report in form and names nothing is known to lack it.
        if (reading.NeedsPerson is { Reason: AttentionReason.NoResource })
            return reading.Original is null ? [MissingFact.Source] : [MissingFact.Headers];
        if (reading.NeedsPerson is not null)
            return [];

        var missing = new List<MissingFact>();
        foreach (var finding in understood.Findings.Where(f => f.Verdict is AttributionVerdict.Ambiguous or AttributionVerdict.Unassigned))
        {
            var observation = finding.Observation;
            if (observation.Time.Confidence != TimeConfidence.Exact)
                missing.Add(MissingFact.Time);
            else if (finding.Verdict is AttributionVerdict.Ambiguous && observation.Port is null)
                missing.Add(MissingFact.Port);
            if (observation.Category == "messaging" && reading.Original is null)
                missing.Add(MissingFact.Headers);
        }

        return [.. missing.Distinct().Order()];
    }
}
