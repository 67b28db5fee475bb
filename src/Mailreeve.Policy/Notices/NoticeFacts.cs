using NodaTime;

namespace Mailreeve.Policy.Notices;

/// <summary>What a notice tells. Each audience has its own facts: a text for a reporter cannot name a customer.</summary>
public abstract record NoticeFacts
{
    private NoticeFacts()
    {
    }

    /// <summary>A notice to the customer of a case. Nothing in it identifies a reporter or a trap.</summary>
    public sealed record OfCase : NoticeFacts
    {
        /// <summary>The case, <c>{case}</c>.</summary>
        public required CaseId Case { get; init; }

        /// <summary>The customer's name, <c>{customer}</c>.</summary>
        public required string Customer { get; init; }

        /// <summary>Their registration number, <c>{registration-number}</c>.</summary>
        public required string RegistrationNumber { get; init; }

        /// <summary>What the case is about, <c>{resource}</c>.</summary>
        public required string Resource { get; init; }

        /// <summary>Report types (XARF v4), shown in words as <c>{types}</c>.</summary>
        public required IReadOnlyList<string> Types { get; init; }

        /// <summary>When it was observed, <c>{happened-utc}</c> and <c>{happened-local}</c>.</summary>
        public required Instant HappenedAt { get; init; }

        /// <summary>
        /// End of the time to answer, <c>{deadline-utc}</c> and <c>{deadline-local}</c>; null when no clock runs. A notice that
        /// starts the clock names the time counted from its own sending, which is never later than the true end.
        /// </summary>
        public Instant? Deadline { get; init; }

        /// <summary>How long the customer has, <c>{time-to-answer}</c>: the clock of the case's ladder.</summary>
        public required Duration TimeToAnswer { get; init; }

        /// <summary>The case's page, <c>{case-url}</c>.</summary>
        public required string CaseUrl { get; init; }

        /// <summary>The clause the notice rests on: <c>{clause}</c>, <c>{clause-title}</c>, <c>{clause-text}</c>.</summary>
        public required ClauseId Clause { get; init; }

        /// <summary>Redacted evidence, <c>{evidence}</c>; several lines.</summary>
        public string Evidence { get; init; } = "";

        /// <summary>What an operator wrote, <c>{reason}</c>; several lines.</summary>
        public string Reason { get; init; } = "";

        /// <summary>What is or was blocked, <c>{what-is-blocked}</c>: "all traffic to and from 192.0.2.7".</summary>
        public string WhatIsBlocked { get; init; } = "";
    }

    /// <summary>The registration number, sent to a registered contact who asked for it (S2).</summary>
    public sealed record OfAccount(string Customer, string RegistrationNumber) : NoticeFacts;

    /// <summary>A notice about a mailbox (C9).</summary>
    public sealed record OfMailbox : NoticeFacts
    {
        /// <summary>The customer's name, <c>{customer}</c>.</summary>
        public required string Customer { get; init; }

        /// <summary>Their registration number, <c>{registration-number}</c>.</summary>
        public required string RegistrationNumber { get; init; }

        /// <summary>The mailbox's address, <c>{mailbox}</c>.</summary>
        public required string Mailbox { get; init; }

        /// <summary>When it was last used, <c>{last-used}</c>, a day in UTC.</summary>
        public required Instant LastUsedAt { get; init; }

        /// <summary>When it will be or was closed, <c>{closes-utc}</c> and <c>{closes-local}</c>; null when it is not about that.</summary>
        public Instant? ClosesAt { get; init; }

        /// <summary>How full it is in per cent, <c>{percent}</c>.</summary>
        public long Percent { get; init; }

        /// <summary>Octets in it, shown in megabytes as <c>{used}</c>.</summary>
        public long UsedBytes { get; init; }

        /// <summary>Octets that it holds, <c>{capacity}</c>.</summary>
        public required long CapacityBytes { get; init; }

        /// <summary>The page where it is looked after, <c>{mailbox-url}</c>.</summary>
        public required string MailboxUrl { get; init; }

        /// <summary>The clause the notice rests on: <c>{clause}</c>, <c>{clause-title}</c>, <c>{clause-text}</c>.</summary>
        public required ClauseId Clause { get; init; }
    }

    /// <summary>A notice that a customer's mail is held (C1).</summary>
    public sealed record OfHold : NoticeFacts
    {
        /// <summary>The customer's name, <c>{customer}</c>.</summary>
        public required string Customer { get; init; }

        /// <summary>Their registration number, <c>{registration-number}</c>.</summary>
        public required string RegistrationNumber { get; init; }

        /// <summary>The mailbox whose mail is held, <c>{sender}</c>; null for all that the customer sends.</summary>
        public string? Sender { get; init; }

        /// <summary>Since when, <c>{held-utc}</c> and <c>{held-local}</c>.</summary>
        public required Instant HeldAt { get; init; }

        /// <summary>Which limit was tripped, by how much, <c>{figures}</c>: a sentence.</summary>
        public required string Figures { get; init; }

        /// <summary>The page where the customer sets a new password, <c>{hold-url}</c>.</summary>
        public required string HoldUrl { get; init; }

        /// <summary>The clause the notice rests on: <c>{clause}</c>, <c>{clause-title}</c>, <c>{clause-text}</c>.</summary>
        public required ClauseId Clause { get; init; }
    }

    /// <summary>A mail to postmaster@ of a customer's domain that asks whether somebody reads it (C7).</summary>
    public sealed record OfPostmaster : NoticeFacts
    {
        /// <summary>The domain, <c>{domain}</c>.</summary>
        public required string Domain { get; init; }

        /// <summary>Until when a person has time to answer, <c>{deadline-utc}</c> and <c>{deadline-local}</c>.</summary>
        public required Instant Deadline { get; init; }

        /// <summary>The page with the button, <c>{answer-url}</c>; the code is behind its "#".</summary>
        public required string AnswerUrl { get; init; }

        /// <summary>The code for that page, <c>{code}</c>.</summary>
        public required string Code { get; init; }

        /// <summary>The clause it rests on: <c>{clause}</c>, <c>{clause-title}</c>, <c>{clause-text}</c>.</summary>
        public required ClauseId Clause { get; init; }
    }

    /// <summary>An answer to a reporter.</summary>
    /// <param name="Report">Their report, <c>{report}</c>.</param>
    /// <param name="Resource">What it was about, <c>{resource}</c>.</param>
    public sealed record OfReport(ReportId Report, string Resource) : NoticeFacts
    {
        /// <summary>How it stands, <c>{progress}</c>: a sentence or two.</summary>
        public string Progress { get; init; } = "";

        /// <summary>Where that is shown, <c>{status-url}</c>; the code is behind its "#".</summary>
        public string StatusUrl { get; init; } = "";

        /// <summary>The code that shows it, <c>{code}</c>.</summary>
        public string Code { get; init; } = "";

        /// <summary>What is asked for, <c>{wanted}</c>; several lines.</summary>
        public string Wanted { get; init; } = "";

        /// <summary>Who is to be asked about what is not ours, <c>{contact}</c>: a sentence.</summary>
        public string Contact { get; init; } = "";

        /// <summary>How many reports it is about, <c>{count}</c>.</summary>
        public int Count { get; init; } = 1;

        /// <summary>How each of them stands, <c>{reports}</c>; several lines.</summary>
        public string Reports { get; init; } = "";
    }
}
