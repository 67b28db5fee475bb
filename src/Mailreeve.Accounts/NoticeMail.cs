using Mailreeve.Policy;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Accounts;

/// <summary>A notice as a message that is to be sent: from our support, with the null sender, so that no answer of a machine comes back.</summary>
internal static class NoticeMail
{
    /// <summary>Writes it.</summary>
    /// <param name="provider">Who we are.</param>
    /// <param name="notice">What it says.</param>
    /// <param name="purpose">Why it is sent.</param>
    /// <param name="subjectId">Whose it is; see <see cref="OutboundPurpose"/>.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="id">The id of its row.</param>
    /// <param name="now">When.</param>
    public static NewOutbound Of(Provider provider, RenderedNotice notice, OutboundPurpose purpose, long subjectId, string to, long id, Instant now)
    {
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = $"support@{provider.Domains[0]}",
            To = to,
            Subject = notice.Subject,
            Text = notice.Text,
            MessageId = $"{EnumText.Of(purpose)}.{id}@{provider.HostName}",
            Date = now,
        };
        return new NewOutbound
        {
            Id = id,
            Purpose = purpose,
            SubjectId = subjectId,
            EnvelopeFrom = "",
            Recipient = to,
            Message = message.Write(),
            CreatedAt = now,
        };
    }
}
