namespace Mailreeve.Protocols.Reports;

/// <summary>What one abuse report says, normalised. Pure facts: nothing here has been believed, attributed or decided yet.</summary>
public sealed record ReportReading
{
    /// <summary>The format the report was recognised as, by its structure and never by who sent it.</summary>
    public ReportFormat Format { get; init; }

    /// <summary>What is alleged, in the order of the report; at most <see cref="ReportLimits.Observations"/>.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>Who alleges: from the report's own fields, else the From header. Not authenticated.</summary>
    public ReportParty? Reporter { get; init; }

    /// <summary>Who transmitted it: the From header of the mail, or XARF v4's <c>sender</c>. Not authenticated.</summary>
    public ReportParty? Sender { get; init; }

    /// <summary>The reporter's own number for this report; <see langword="null"/> when the format has none.</summary>
    public string? ReportId { get; init; }

    /// <summary>Message-ID of the report mail without angle brackets, to thread an answer; <see langword="null"/> for JSON.</summary>
    public string? MessageId { get; init; }

    /// <summary>The message complained about, when the report carries one.</summary>
    public OriginalMessage? Original { get; init; }

    /// <summary>
    /// Addresses that received the original, as far as the report tells. They identify the complainant or a trap: for redaction
    /// and for matching against our own records only, never to be shown to the accused.
    /// </summary>
    public IReadOnlyList<string> OriginalRecipients { get; init; } = [];

    /// <summary>Why a person has to look; <see langword="null"/> when the observations can be worked on as they are.</summary>
    public Attention? NeedsPerson { get; init; }

    /// <summary>Rows and fields that were not understood, in English, for the operator. The rest of the report still counts.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>
    /// It is a click on "this is spam" in somebody's mail program, which a feedback loop passes on, and says so by its structure: such
    /// reports count towards a rate (RFC 6449 §3.3), and are no complaint that somebody wrote.
    /// </summary>
    public bool IsFeedbackLoop { get; init; }

    /// <summary>
    /// The mail was sent by a program or through a list (Auto-Submitted, Precedence, List-Id, null Return-Path). It must never be
    /// answered automatically (RFC 3834 §2).
    /// </summary>
    public bool IsAutomatic { get; init; }
}

/// <summary>A person or organisation named in a report. Nothing in it is verified.</summary>
/// <param name="Mailbox">Address as written, without display name and angle brackets.</param>
/// <param name="Organisation">Name of the organisation or person.</param>
/// <param name="Domain">Domain the organisation claims, lower case.</param>
public sealed record ReportParty(string? Mailbox, string? Organisation = null, string? Domain = null);

/// <summary>Why a person has to read the report.</summary>
/// <param name="Reason">From a closed list; decides the queue.</param>
/// <param name="Detail">One sentence for the operator.</param>
public sealed record Attention(AttentionReason Reason, string Detail);

/// <summary>The closed list of reasons for which a report goes to a person.</summary>
public enum AttentionReason
{
    /// <summary>No known machine-readable part; read it.</summary>
    UnknownFormat,

    /// <summary>Larger than the limits, or cut off before anything usable.</summary>
    Truncated,

    /// <summary>More observations than <see cref="ReportLimits.Observations"/>; the first ones are there.</summary>
    TooManyObservations,

    /// <summary>Understood, but it names no address, URL, domain or mailbox.</summary>
    NoResource,

    /// <summary>Claims a format but breaks its rules; the problems say where.</summary>
    InvalidSchema,

    /// <summary>An auto-reply, delivery status or read receipt, not a report.</summary>
    NotAReport,

    /// <summary>A copyright notice: another queue, and never a case under this policy.</summary>
    Copyright,

    /// <summary>What it reports is encrypted.</summary>
    Encrypted,

    /// <summary>The reader itself failed on it. That is a bug; the raw bytes are what the developers need.</summary>
    Unreadable,
}
