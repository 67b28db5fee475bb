using System.Security.Cryptography;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>Tells customers what became of their messages: one notification for a message and all recipients that ended alike (RFC 3461, RFC 3464).</summary>
/// <param name="provider">Who tells it.</param>
/// <param name="options">What is brought back, and how long mail is tried.</param>
public sealed class DeliveryReports(Provider provider, OutboundOptions options)
{
    /// <summary>The notification about some recipients of a message; its id is not set.</summary>
    /// <param name="action">What happened to all of them.</param>
    /// <param name="rows">The recipients, of one message; those whose sender does not want to hear of it are left out.</param>
    /// <param name="content">The message.</param>
    /// <param name="now">What time it is.</param>
    /// <returns><see langword="null"/> when there is nothing to tell.</returns>
    internal NewOutbound? Write(
        DeliveryAction action, IEnumerable<(DueOutbound Row, string Reply)> rows, ReadOnlyMemory<byte> content, Instant now)
    {
        var told = rows
            .Where(r => r.Row.Purpose == OutboundPurpose.Submission)
            .Select(r => (r.Row, r.Reply, Requested: OutboundRequest.Read(r.Row.Options)))
            .Where(r => DsnRules.IsTold(action, r.Row.EnvelopeFrom, r.Requested.Notify))
            .ToList();
        if (told.Count == 0)
            return null;
        var (first, _, requested) = told[0];
        var message = new DeliveryStatusMessage
        {
            Host = provider.HostName,
            FromName = provider.Name,
            From = $"postmaster@{provider.Domains[0]}",
            To = first.EnvelopeFrom,
            MessageId = $"status.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10))}@{provider.HostName}",
            Date = now,
            ArrivedAt = first.CreatedAt,
            EnvelopeId = requested.EnvelopeId,
            Recipients = [.. told.Select(t => StatusOf(action, t.Row, t.Requested, t.Reply, now))],
            Original = content,
            // RFC 3461 §4.3: RET is about failures; of anything else only the header comes back.
            ReturnFull = action == DeliveryAction.Failed && requested.ReturnFull == true && content.Length <= options.ReturnBytesMax,
        };
        return new NewOutbound
        {
            Id = 0,
            Purpose = OutboundPurpose.DeliveryStatus,
            SubjectId = first.SubjectId,
            SubmissionId = first.SubmissionId,
            EnvelopeFrom = "",
            Recipient = first.EnvelopeFrom,
            Message = message.Write(),
            Requested = new OutboundRequest { EightBit = !System.Text.Ascii.IsValid(content.Span), SmtpUtf8 = message.NeedsUtf8 },
            CreatedAt = now,
        };
    }

    private RecipientStatus StatusOf(DeliveryAction action, DueOutbound row, OutboundRequest requested, string reply, Instant now)
    {
        var status = action == DeliveryAction.Delivered ? "2.1.5" : RecipientStatus.StatusOf(reply);
        // A failure is never told as something that may pass (RFC 3464 §2.3.4), except that its time was over.
        if (action == DeliveryAction.Failed && status[0] != '5' && status != TimeIsOver)
            status = "5.0.0";
        return new RecipientStatus(row.Recipient, requested.OriginalRecipient, action, status, reply)
        {
            TriedUntil = action == DeliveryAction.Delayed ? now - options.Retry.WarnAfter + options.Retry.GiveUpAfter : null,
        };
    }

    /// <summary>Delivery time expired (RFC 3463 §3.5).</summary>
    internal const string TimeIsOver = "4.4.7";
}
