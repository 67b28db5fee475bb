using Mailreeve.Policy;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>Answers to those who report, by mail: rarely, never to a machine, and never to an address that did not ask by mail.</summary>
public sealed class ReporterAnswers(AbusePolicy policy, Provider provider, NoticeTemplates notices)
{
    // RFC 3834 §2: one answer for one sender in a while, so that no two programs keep each other busy.
    private static readonly Duration Between = Duration.FromHours(24);

    /// <summary>Tells a reporter that what the report names is not ours.</summary>
    /// <returns><see langword="false"/> when that would be answering a machine, or when there was an answer not long ago.</returns>
    internal async Task<bool> AnswerNotOursAsync(
        DbSession db, WaitingReport report, ReportReading reading, long reporter, Instant now, CancellationToken stop)
    {
        if (report.Channel != ReportChannel.Smtp || reading.IsAutomatic || !MayAnswer(report.EnvelopeFrom))
            return false;
        if (!await new ReporterStore(db).TryTakeAnswerAsync(reporter, now, now - Between, stop))
            return false;

        var resource = reading.Observations.Select(o => o.Address?.ToString() ?? o.Url ?? o.Domain).FirstOrDefault(r => r is not null);
        var rendered = notices[NoticeNames.NotOurs].Render(
            policy, provider.FactsIn(DateTimeZone.Utc), new NoticeFacts.OfReport(report.Id, resource ?? "what you reported"));
        var id = await db.NextIdsAsync("outbound", 1, stop);
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = provider.AbuseAddress,
            To = report.EnvelopeFrom!,
            Subject = rendered.Subject,
            Text = rendered.Text,
            MessageId = $"answer.{report.Id.Value}@{provider.HostName}",
            Date = now,
            InReplyTo = reading.MessageId,
        };
        await new OutboundStore(db).AddAsync(
            [
                new NewOutbound
                {
                    Id = id,
                    Purpose = OutboundPurpose.Answer,
                    SubjectId = report.Id.Value,
                    EnvelopeFrom = "",
                    Recipient = report.EnvelopeFrom!,
                    Message = message.Write(),
                    CreatedAt = now,
                },
            ],
            stop);
        return true;
    }

    private bool MayAnswer(string? envelopeFrom)
    {
        if (string.IsNullOrEmpty(envelopeFrom) || envelopeFrom.IndexOf('@', StringComparison.Ordinal) <= 0 || !MimeKit.MailboxAddress.TryParse(envelopeFrom, out _))
            return false;
        var localPart = envelopeFrom[..envelopeFrom.LastIndexOf('@')].ToLowerInvariant();
        return localPart is not ("mailer-daemon" or "postmaster" or "noreply" or "no-reply")
            && !localPart.StartsWith("owner-", StringComparison.Ordinal)
            && !localPart.EndsWith("-request", StringComparison.Ordinal)
            && !provider.Owns(envelopeFrom[(envelopeFrom.LastIndexOf('@') + 1)..]);
    }
}
