using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>One observation, and whose its resource was.</summary>
/// <param name="Observation">What the report says.</param>
/// <param name="Resource">The resource that was looked up; null when it names none that could be ours.</param>
/// <param name="Kind">The kind of case the policy makes of it; null when it has no clause for it.</param>
/// <param name="Verdict">Whose it was.</param>
/// <param name="Direct">The provider's direct customer who answers for it (C2).</param>
internal sealed record Finding(
    Observation Observation, Resource? Resource, CaseKind? Kind, AttributionVerdict Verdict, CustomerId? Direct)
{
    /// <summary>What names the customer; <see cref="AttributionBasis.None"/> exactly when <see cref="Holder"/> is null.</summary>
    public AttributionBasis Basis { get; init; } = AttributionBasis.None;

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public string Type => $"{Observation.Category}/{Observation.Type}";

    /// <summary>Whether it says that something was no spam.</summary>
    public bool IsNotSpam => Observation.Category == AbuseType.NotSpam.Category && Observation.Type == AbuseType.NotSpam.Type;

    /// <summary>The customer whose resource it was; a downstream when it was one's.</summary>
    public CustomerId? Holder => Verdict switch
    {
        AttributionVerdict.Certain v => v.Assignment.Customer,
        AttributionVerdict.Bounded v => v.Assignment.Customer,
        AttributionVerdict.Traced v => v.Customer,
        _ => null,
    };

    /// <summary>The assignment that says so.</summary>
    public long? Assignment => Verdict switch
    {
        AttributionVerdict.Certain v => v.Assignment.Id,
        AttributionVerdict.Bounded v => v.Assignment.Id,
        _ => null,
    };

    /// <summary>The message in the submission log that says so.</summary>
    public long? Submission => Verdict is AttributionVerdict.Traced traced ? traced.Submission : null;

    /// <summary>The customer's customer, when the resource was one's.</summary>
    public CustomerId? Downstream => Holder == Direct ? null : Holder;

    /// <summary>The verdict's word, as stored.</summary>
    public string VerdictName => Verdict switch
    {
        AttributionVerdict.Certain => "certain",
        AttributionVerdict.Bounded => "bounded",
        AttributionVerdict.Traced => "traced",
        AttributionVerdict.Ambiguous => "ambiguous",
        AttributionVerdict.Unassigned => "unassigned",
        _ => "not-ours",
    };

    /// <summary>Whether it makes or joins a case. What the report does not say to have done anything is nobody's offence.</summary>
    public bool MakesCase =>
        Holder is not null && Resource is not null && Kind is not null && !IsNotSpam && Observation.Role is ObservationRole.Source or ObservationRole.Site;
}

/// <summary>A report that has been read, with the findings about what it names. Nothing of it is in the database yet.</summary>
internal sealed record UnderstoodReport
{
    public required WaitingReport Report { get; init; }

    public required ReportReading Reading { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The trace in the message complained about; null when there is none, or no message.</summary>
    public TraceSighting? Trace { get; init; }

    /// <summary>Who alleges, lower case; falls back on whoever handed the report over, so that there always is one.</summary>
    public required string ReporterMailbox { get; init; }

    /// <summary>Hash of the evidence: the same message reported again has the same.</summary>
    public required byte[] Fingerprint { get; init; }
}
