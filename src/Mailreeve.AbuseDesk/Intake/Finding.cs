using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>One observation, and whose its resource was.</summary>
/// <param name="Observation">What the report says.</param>
/// <param name="Kind">The kind of case the policy makes of it; null when it has no clause for it.</param>
/// <param name="Attributed">Whose it was, and why.</param>
/// <param name="Chain">The holder, that customer's provider, … up to the direct customer, who answers for it (C2); empty without a holder.</param>
internal sealed record Finding(Observation Observation, CaseKind? Kind, Attributed Attributed, IReadOnlyList<CustomerId> Chain)
{
    /// <summary>The earliest time at which it can have happened.</summary>
    public required Instant Earliest { get; init; }

    /// <summary>Whether an address of ours handed the message to the reporter; null when the report names none that did.</summary>
    public bool? IsFromUs { get; init; }

    /// <summary>What our own records say about the message.</summary>
    public OwnRecord Records => TrustRules.RecordsOf(Attributed, IsFromUs);

    /// <summary>Whether a customer of ours sent the message, and the reporter has it from elsewhere: forwarded, or sent again by somebody else.</summary>
    public bool CameFromElsewhere => Records != OwnRecord.None && IsFromUs == false;

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public string Type => $"{Observation.Category}/{Observation.Type}";

    /// <summary>Whether it says that something was no spam.</summary>
    public bool IsNotSpam => Observation.Category == AbuseType.NotSpam.Category && Observation.Type == AbuseType.NotSpam.Type;

    /// <summary>The resource that was looked up; null when it names none that could be ours.</summary>
    public Resource? Resource => Attributed.Resource;

    /// <summary>Whose it was.</summary>
    public AttributionVerdict Verdict => Attributed.Verdict;

    /// <summary>What names the customer; <see cref="AttributionBasis.None"/> exactly when <see cref="Holder"/> is null.</summary>
    public AttributionBasis Basis => Attributed.Basis;

    /// <summary>The customer whose resource it was; a downstream when it was one's.</summary>
    public CustomerId? Holder => Attributed.Holder?.Customer;

    /// <summary>The provider's direct customer who answers for it (C2).</summary>
    public CustomerId? Direct => Chain.Count == 0 ? null : Chain[^1];

    /// <summary>The customer's customer, when the resource was one's.</summary>
    public CustomerId? Downstream => Holder == Direct ? null : Holder;

    /// <summary>The assignment that says so.</summary>
    public long? Assignment => Attributed.Holder?.Assignment;

    /// <summary>The session, lease or logged ports that say so.</summary>
    public long? Session => Attributed.Holder?.Session;

    /// <summary>The message in the submission log that says so.</summary>
    public long? Submission => Attributed.Holder?.Submission;

    /// <summary>When our own records have it that it was sent; null when they do not. That is better than what the report says.</summary>
    public Instant? SentAt => Attributed.SentAt;

    /// <summary>The verdict's word, as stored.</summary>
    public string VerdictName => Verdict switch
    {
        AttributionVerdict.Certain => "certain",
        AttributionVerdict.Bounded => "bounded",
        AttributionVerdict.Ambiguous => "ambiguous",
        AttributionVerdict.Unassigned => "unassigned",
        AttributionVerdict.ForgedSender => "forged-sender",
        _ => "not-ours",
    };

    /// <summary>Whether it has to do with us at all.</summary>
    public bool IsOurs => Verdict is not (AttributionVerdict.NotOurs or AttributionVerdict.ForgedSender);

    /// <summary>Whether the report says what the resource did. What it only mentions accuses nobody.</summary>
    public bool IsAccused => Observation.Role is ObservationRole.Source or ObservationRole.Site;

    /// <summary>Whether it makes or joins a case.</summary>
    public bool MakesCase => Holder is not null && IsAccused && Resource is not null && Kind is not null && !IsNotSpam;
}

/// <summary>A report that has been read, with the findings about what it names. Nothing of it is in the database yet.</summary>
internal sealed record UnderstoodReport
{
    public required WaitingReport Report { get; init; }

    public required ReportReading Reading { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What to look up in our own records.</summary>
    public Clues Clues { get; init; } = Clues.None;

    /// <summary>Hosts that are nobody's by name, and may lead to an address of ours.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Addresses that may be ours, and when: what is to be asked of the access network's records.</summary>
    public IReadOnlyList<WhoQuestion> Addresses { get; init; } = [];

    /// <summary>By what the mailing is known again; null when there is no message, or too little text in it.</summary>
    public long? CampaignPrint { get; init; }

    /// <summary>Who got the message: the first recipient that the report shows, or else whoever reports.</summary>
    public required byte[] Complainer { get; init; }

    /// <summary>Findings about nothing of ours that are not kept: a list of strangers' addresses is of no use to anyone.</summary>
    public int LeftOut { get; init; }

    /// <summary>The reporter of everything that is not proved.</summary>
    public const string NotProved = "unauthenticated";

    /// <summary>Who alleges, as far as that is proved: a mailbox, lower case, or <c>@domain</c>; <see cref="NotProved"/> when it is not.</summary>
    public required string ReporterMailbox { get; init; }

    /// <summary>Hash of the evidence: the same message reported again has the same.</summary>
    public required byte[] Fingerprint { get; init; }
}
