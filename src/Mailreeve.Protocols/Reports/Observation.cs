using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>One normalised allegation: what was seen, where and when. A report may hold several.</summary>
public sealed record Observation
{
    /// <summary>XARF v4 category: messaging, connection, content, copyright, vulnerability, infrastructure, reputation.</summary>
    public required string Category { get; init; }

    /// <summary>XARF v4 type within the category, or one of the additions in <see cref="AbuseType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The type in the reporter's own words, e.g. <c>auth-failure</c> or <c>Content/Phishing/Survey Scam</c>; empty if none.</summary>
    public string ReportedType { get; init; } = "";

    /// <summary>What the named resource did.</summary>
    public ObservationRole Role { get; init; } = ObservationRole.Source;

    /// <summary>The address as stated by the report. <see langword="null"/> when it states none: see <see cref="Candidates"/>.</summary>
    public Address? Address { get; init; }

    /// <summary>The block complained about when the report states a prefix or a range; <see cref="Address"/> is then its lowest one.</summary>
    public AddressBlock? Block { get; init; }

    /// <summary>The block, when it is what is complained about as a whole. One that is only mentioned, as whois does, accuses nobody in it.</summary>
    public AddressBlock? AccusedBlock => Role is ObservationRole.Source or ObservationRole.Site || Category == "reputation" ? Block : null;

    /// <summary>
    /// When the report states no address, those its evidence was handed over from, newest hop first. Lines below the reporter's own
    /// are forged at will: a candidate counts only if it is an address of ours and our own records agree.
    /// </summary>
    public IReadOnlyList<Hop> Candidates { get; init; } = [];

    /// <summary>Source port, 1–65535: with it a customer behind address sharing can be told apart (RFC 6302 §2, RFC 6692 §3).</summary>
    public int? Port { get; init; }

    /// <summary>The URL complained about, as written.</summary>
    public string? Url { get; init; }

    /// <summary>The domain complained about, lower case.</summary>
    public string? Domain { get; init; }

    /// <summary>Mailbox or account complained about, e.g. the envelope sender; as written, without angle brackets.</summary>
    public string? Mailbox { get; init; }

    /// <summary>Further URLs and domains that the report relates to the same allegation, as written.</summary>
    public IReadOnlyList<string> AlsoNamed { get; init; } = [];

    /// <summary>When it happened, according to the reporter.</summary>
    public ReportedTime Time { get; init; } = ReportedTime.Missing;

    /// <summary>How many similar incidents this stands for (RFC 5965 §3.2 Incidents); 1 when not stated.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Whether the allegation points at anything that could be ours.</summary>
    public bool HasResource =>
        Address is not null || Url is not null || Domain is not null || Mailbox is not null || Candidates.Count > 0;
}

/// <summary>What the resource named in an observation did.</summary>
public enum ObservationRole
{
    /// <summary>Traffic or mail came from it.</summary>
    Source,

    /// <summary>It serves the content or is advertised.</summary>
    Site,

    /// <summary>It was attacked or taken over.</summary>
    Victim,

    /// <summary>Anything else.</summary>
    Other,
}
