namespace Mailreeve.Policy.Notices;

/// <summary>Notices that the program sends, by the names of their files in <c>policy/notices</c> without <c>.md</c>.</summary>
public static class NoticeNames
{
    /// <summary>A case was opened.</summary>
    public const string Complaint = "complaint";

    /// <summary>A block was placed.</summary>
    public const string Blocked = "blocked";

    /// <summary>The answer was accepted; blocks end.</summary>
    public const string Accepted = "accepted";

    /// <summary>The answer was not sufficient.</summary>
    public const string Refused = "refused";

    /// <summary>A block was lifted without an answer.</summary>
    public const string Lifted = "lifted";

    /// <summary>The complaint was not justified; the case is closed.</summary>
    public const string Unfounded = "unfounded";

    /// <summary>New evidence opened the case again.</summary>
    public const string Reopened = "reopened";

    /// <summary>A notice once more, because it is not known whether it arrived.</summary>
    public const string Repeat = "repeat";

    /// <summary>The registration number, to who asked for it.</summary>
    public const string RegistrationNumber = "registration-number";

    /// <summary>To a reporter: that address is not ours.</summary>
    public const string NotOurs = "not-ours";

    /// <summary>To a reporter: we have the report, and what becomes of it.</summary>
    public const string ReportReceived = "report-received";

    /// <summary>To a reporter: what is missing.</summary>
    public const string ReportNeedsFacts = "report-needs-facts";

    /// <summary>To a reporter who wanted to know: how it ended.</summary>
    public const string ReportOutcome = "report-outcome";

    /// <summary>To a reporter: how several reports stand.</summary>
    public const string ReportDigest = "report-digest";

    /// <summary>A mailbox that nobody uses will be closed (C9).</summary>
    public const string MailboxUnused = "mailbox-unused";

    /// <summary>It has been closed.</summary>
    public const string MailboxClosed = "mailbox-closed";

    /// <summary>A mailbox fills up, or is full (C9).</summary>
    public const string MailboxFilling = "mailbox-filling";

    /// <summary>What a customer sends is held (C1).</summary>
    public const string SendingHeld = "sending-held";

    /// <summary>To postmaster@ of a customer's domain: does somebody read this (C7)?</summary>
    public const string PostmasterAsked = "postmaster-asked";

    /// <summary>The same once more.</summary>
    public const string PostmasterReminder = "postmaster-reminder";

    /// <summary>All of them. A ladder may name others; those go to the customer of the case.</summary>
    public static readonly IReadOnlyList<string> Required =
    [
        Complaint, Blocked, Accepted, Refused, Lifted, Unfounded, Reopened, Repeat, RegistrationNumber, NotOurs, MailboxUnused, MailboxClosed,
        MailboxFilling, SendingHeld, ReportReceived, ReportNeedsFacts, ReportOutcome, ReportDigest, PostmasterAsked, PostmasterReminder,
    ];

    private static readonly IReadOnlyList<string> CaseNames =
    [
        "case", "customer", "registration-number", "resource", "types", "happened-utc", "happened-local", "deadline-utc",
        "deadline-local", "time-to-answer", "case-url", "clause", "clause-title", "clause-text", "evidence", "reason", "what-is-blocked",
    ];

    private static readonly IReadOnlyList<string> MailboxNames =
    [
        "customer", "registration-number", "mailbox", "last-used", "closes-utc", "closes-local", "percent", "used", "capacity", "mailbox-url",
        "clause", "clause-title", "clause-text",
    ];

    private static readonly IReadOnlyList<string> ReportNames = ["report", "resource", "progress", "status-url", "code", "wanted", "contact", "count", "reports"];

    private static readonly IReadOnlyList<string> HoldNames =
    [
        "customer", "registration-number", "sender", "held-utc", "held-local", "figures", "hold-url", "clause", "clause-title", "clause-text",
    ];

    private static readonly IReadOnlyList<string> PostmasterNames =
    [
        "domain", "deadline-utc", "deadline-local", "answer-url", "code", "clause", "clause-title", "clause-text",
    ];

    /// <summary>Placeholders, beside those of the provider and of the terms, that a notice of this name may use.</summary>
    internal static IReadOnlyList<string> PlaceholdersOf(string notice) => notice switch
    {
        RegistrationNumber => ["customer", "registration-number"],
        NotOurs or ReportReceived or ReportNeedsFacts or ReportOutcome or ReportDigest => ReportNames,
        SendingHeld => HoldNames,
        MailboxUnused or MailboxClosed or MailboxFilling => MailboxNames,
        PostmasterAsked or PostmasterReminder => PostmasterNames,
        _ => CaseNames,
    };
}
