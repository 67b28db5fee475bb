using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Rdap;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>Writes what a reporter is owed as one mail: a text of its own for one answer, a list for several.</summary>
public sealed class AnswerWriter(AbusePolicy policy, Provider provider, NoticeTemplates templates, ReportCodeKey key)
{
    private const int ListedMax = 50;

    /// <summary>The mail, ready to be handed over.</summary>
    /// <param name="recipient">To whom.</param>
    /// <param name="owed">What is told, oldest first; at least one.</param>
    /// <param name="contacts">What registries say about addresses that are not ours.</param>
    /// <param name="outbound">The mail's number.</param>
    /// <param name="now">The time.</param>
    public NewOutbound Write(
        string recipient, IReadOnlyList<OwedAnswer> owed, IReadOnlyDictionary<long, RdapNetwork> contacts, long outbound, Instant now)
    {
        var first = owed[0];
        var template = owed.Count > 1 ? NoticeNames.ReportDigest : first.Kind switch
        {
            AnswerKind.NotOurs => NoticeNames.NotOurs,
            AnswerKind.NeedsFacts => NoticeNames.ReportNeedsFacts,
            AnswerKind.Outcome => NoticeNames.ReportOutcome,
            _ => NoticeNames.ReportReceived,
        };
        var rendered = templates[template].Render(policy, provider.FactsIn(DateTimeZone.Utc), FactsOf(owed, contacts));
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = provider.AbuseAddress,
            To = recipient,
            Subject = rendered.Subject,
            Text = rendered.Text,
            MessageId = AnswerMessageId.For(outbound, first.ReportId, key.Bytes, provider.HostName),
            Date = now,
            InReplyTo = owed.Count == 1 ? first.MessageId : null,
            Headers = [("X-Auto-Response-Suppress", "All"), ("X-Mailreeve-Report", $"{first.ReportId}")],
        };
        return new NewOutbound
        {
            Id = outbound,
            Purpose = OutboundPurpose.Answer,
            SubjectId = first.ReportId.Value,
            // RFC 3834 §3.3: nothing comes back, whatever happens to it.
            EnvelopeFrom = "",
            Recipient = recipient,
            Message = message.Write(),
            CreatedAt = now,
        };
    }

    private NoticeFacts.OfReport FactsOf(IReadOnlyList<OwedAnswer> owed, IReadOnlyDictionary<long, RdapNetwork> contacts)
    {
        var first = owed[0];
        return new NoticeFacts.OfReport(first.ReportId, first.Resource.Length > 0 ? first.Resource : "what you reported")
        {
            Progress = ReportProgress.Of(first).Text,
            StatusUrl = UrlOf(first.ReportId),
            Code = StatusCode.For(first.ReportId, key.Bytes),
            Wanted = string.Join('\n', WantedOf(first).Select(w => $"- {w}")),
            Contact = ContactOf(first, contacts) is { } contact
                ? $"The registry of addresses names {contact} for complaints about it."
                : $"To find out who is responsible, ask the registry (RDAP or whois) for the abuse contact of {(first.Resource.Length > 0 ? first.Resource : "it")}.",
            Count = owed.Count,
            Reports = string.Join('\n', owed.Take(ListedMax).Select(o => LineOf(o, contacts)))
                + (owed.Count > ListedMax ? string.Create(CultureInfo.InvariantCulture, $"\n... and {owed.Count - ListedMax} more.") : ""),
        };
    }

    private string LineOf(OwedAnswer owed, IReadOnlyDictionary<long, RdapNetwork> contacts)
    {
        var progress = ReportProgress.Of(owed);
        var about = owed.Resource.Length > 0 ? $" ({owed.Resource})" : "";
        var contact = ContactOf(owed, contacts) is { } mailbox ? $" Its registry names {mailbox}." : "";
        var wanted = owed.Kind == AnswerKind.NeedsFacts ? " " + string.Join(' ', WantedOf(owed)) : "";
        return $"{owed.ReportId}{about}: {progress.Headline}.{contact}{wanted}\n  {UrlOf(owed.ReportId)}";
    }

    // Behind the "#", which browsers keep to themselves: it is in no log, neither ours nor that of a proxy.
    private string UrlOf(ReportId id) => $"{provider.BaseUrl}/report/status#{id}.{StatusCode.For(id, key.Bytes)}";

    private static IEnumerable<string> WantedOf(OwedAnswer owed) =>
        owed.Wanted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(w => Enum.TryParse<MissingFact>(w, out var fact) ? MissingFactWords.Of(fact) : "");

    private static string? ContactOf(OwedAnswer owed, IReadOnlyDictionary<long, RdapNetwork> contacts) =>
        owed.Kind == AnswerKind.NotOurs && contacts.TryGetValue(owed.Id, out var network) && network.AbuseMailbox is { } mailbox
            ? network.Holder is { } holder ? $"{mailbox} ({holder})" : mailbox
            : null;
}
