using System.Globalization;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Page;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Notices;

/// <summary>The values of one notice's placeholders, plain and as Markdown.</summary>
internal sealed class NoticeValues(AbusePolicy policy, ProviderFacts provider, NoticeFacts facts)
{
    private static readonly InstantPattern Day = InstantPattern.CreateWithInvariantCulture("d MMMM uuuu");

    private static readonly InstantPattern Utc = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm 'UTC'");

    private static readonly ZonedDateTimePattern Local =
        ZonedDateTimePattern.CreateWithInvariantCulture("dddd, d MMMM uuuu, HH:mm", DateTimeZoneProviders.Tzdb);

    private readonly Dictionary<string, string> figures =
        Figure.Of(policy.Terms).ToDictionary(f => f.Name, f => f.Text, StringComparer.Ordinal);

    public bool Has(string name) => Raw(name) is not null;

    /// <summary>For subjects and plain-text mail.</summary>
    public string? Plain(string name) => Raw(name) is not { } value ? null : name switch
    {
        "evidence" => Indent("    ", MarkdownText.Lines(value)),
        "reason" or "clause-text" => Indent("> ", MarkdownText.Lines(value)),
        "wanted" or "reports" => MarkdownText.Lines(value),
        _ => MarkdownText.OneLine(value),
    };

    /// <summary>For an HTML part. Nothing of a value has an effect there, except that the policy's own text is Markdown.</summary>
    public string? Markdown(string name) => Raw(name) is not { } value ? null : name switch
    {
        "evidence" => MarkdownText.CodeBlock(value),
        "reason" or "wanted" or "reports" => MarkdownText.Quote(value),
        "clause-text" => Indent("> ", ProviderText.Fill(ClauseOf()!.Text, provider)),
        "case-url" or "mailbox-url" or "hold-url" or "status-url" or "answer-url" => MarkdownText.Link(value),
        _ when Placeholders.IsLink(name) => MarkdownText.Link(value),
        _ => MarkdownText.Escape(value),
    };

    private string? Raw(string name) => OfFacts(name) ?? Placeholders.Of(provider, name) ?? figures.GetValueOrDefault(name);

    private string? OfFacts(string name) => facts switch
    {
        NoticeFacts.OfCase f => OfCase(f, name),
        NoticeFacts.OfAccount f => name switch
        {
            "customer" => f.Customer,
            "registration-number" => f.RegistrationNumber,
            _ => null,
        },
        NoticeFacts.OfMailbox f => OfMailbox(f, name),
        NoticeFacts.OfHold f => OfHold(f, name),
        NoticeFacts.OfPostmaster f => OfPostmaster(f, name),
        NoticeFacts.OfReport f => name switch
        {
            "report" => f.Report.ToString(),
            "resource" => f.Resource,
            "progress" => f.Progress,
            "status-url" => f.StatusUrl,
            "code" => f.Code,
            "wanted" => f.Wanted,
            "contact" => f.Contact,
            "count" => f.Count.ToString(CultureInfo.InvariantCulture),
            "reports" => f.Reports,
            _ => null,
        },
        _ => throw new System.Diagnostics.UnreachableException($"No values for {facts.GetType().Name}."),
    };

    private string? OfCase(NoticeFacts.OfCase f, string name) => name switch
    {
        "case" => f.Case.ToString(),
        "customer" => f.Customer,
        "registration-number" => f.RegistrationNumber,
        "resource" => f.Resource,
        "types" => string.Join(", ", f.Types.Select(ReportTypeWords.Of)),
        "happened-utc" => Utc.Format(f.HappenedAt),
        "happened-local" => LocalText(f.HappenedAt),
        "deadline-utc" => f.Deadline is { } due ? Utc.Format(due) : "no deadline",
        "deadline-local" => f.Deadline is { } due ? LocalText(due) : "no deadline",
        "time-to-answer" => DurationText.Human(f.TimeToAnswer),
        "case-url" => f.CaseUrl,
        "clause" => f.Clause.Value,
        "clause-title" => ProviderText.FillPlain(ClauseOf()!.Title, provider),
        "clause-text" => ProviderText.FillPlain(ClauseOf()!.Text, provider),
        "evidence" => f.Evidence,
        "reason" => f.Reason,
        "what-is-blocked" => f.WhatIsBlocked,
        _ => null,
    };

    private string? OfMailbox(NoticeFacts.OfMailbox f, string name) => name switch
    {
        "customer" => f.Customer,
        "registration-number" => f.RegistrationNumber,
        "mailbox" => f.Mailbox,
        "last-used" => Day.Format(f.LastUsedAt),
        "closes-utc" => f.ClosesAt is { } closes ? Utc.Format(closes) : "not yet",
        "closes-local" => f.ClosesAt is { } closes ? LocalText(closes) : "not yet",
        "percent" => f.Percent.ToString(CultureInfo.InvariantCulture),
        "used" => SizeText.Human(f.UsedBytes),
        "capacity" => SizeText.Human(f.CapacityBytes),
        "mailbox-url" => f.MailboxUrl,
        "clause" => f.Clause.Value,
        "clause-title" => ProviderText.FillPlain(ClauseOf()!.Title, provider),
        "clause-text" => ProviderText.FillPlain(ClauseOf()!.Text, provider),
        _ => null,
    };

    private string? OfHold(NoticeFacts.OfHold f, string name) => name switch
    {
        "customer" => f.Customer,
        "registration-number" => f.RegistrationNumber,
        "sender" => f.Sender ?? "all of your mailboxes and servers",
        "held-utc" => Utc.Format(f.HeldAt),
        "held-local" => LocalText(f.HeldAt),
        "figures" => f.Figures,
        "hold-url" => f.HoldUrl,
        "clause" => f.Clause.Value,
        "clause-title" => ProviderText.FillPlain(ClauseOf()!.Title, provider),
        "clause-text" => ProviderText.FillPlain(ClauseOf()!.Text, provider),
        _ => null,
    };

    private string? OfPostmaster(NoticeFacts.OfPostmaster f, string name) => name switch
    {
        "domain" => f.Domain,
        "deadline-utc" => Utc.Format(f.Deadline),
        "deadline-local" => LocalText(f.Deadline),
        "answer-url" => f.AnswerUrl,
        "code" => f.Code,
        "clause" => f.Clause.Value,
        "clause-title" => ProviderText.FillPlain(ClauseOf()!.Title, provider),
        "clause-text" => ProviderText.FillPlain(ClauseOf()!.Text, provider),
        _ => null,
    };

    private Clause? ClauseOf() => facts switch
    {
        NoticeFacts.OfCase f => policy.ClauseOf(f.Clause),
        NoticeFacts.OfMailbox f => policy.ClauseOf(f.Clause),
        NoticeFacts.OfHold f => policy.ClauseOf(f.Clause),
        NoticeFacts.OfPostmaster f => policy.ClauseOf(f.Clause),
        _ => null,
    };

    private string LocalText(Instant at) => $"{Local.Format(at.InZone(provider.Zone))}, {provider.Zone.Id}";

    private static string Indent(string with, string lines) =>
        string.Join('\n', lines.Split('\n').Select(l => (with + l).TrimEnd()));
}
