using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Postmaster;

/// <summary>Writes the mail that asks whether somebody reads postmaster@ of a domain, and the reminders (C7).</summary>
/// <param name="policy">The policy in force.</param>
/// <param name="provider">Who we are.</param>
/// <param name="templates">The notices.</param>
/// <param name="desk">Has the codes.</param>
public sealed class PostmasterMail(AbusePolicy policy, Provider provider, NoticeTemplates templates, PostmasterDesk desk)
{
    /// <summary>What is kept of the code that the mail to this domain has.</summary>
    internal byte[] CodeHashFor(PostmasterRow row) => PostmasterCode.HashOf(CodeOf(row));

    /// <summary>The mail, or the reminder when it is not the first.</summary>
    /// <param name="row">The domain, as it stands when it is asked.</param>
    /// <param name="zone">The customer's time zone.</param>
    /// <param name="id">The id of its row.</param>
    /// <param name="now">When.</param>
    internal NewOutbound Write(PostmasterRow row, DateTimeZone zone, long id, Instant now)
    {
        var code = CodeOf(row);
        var to = $"postmaster@{row.Domain}";
        var rendered = templates[row.Mails > 1 ? NoticeNames.PostmasterReminder : NoticeNames.PostmasterAsked].Render(policy, provider.FactsIn(zone), new NoticeFacts.OfPostmaster
        {
            Domain = row.Domain,
            Deadline = row.DueAt ?? now,
            AnswerUrl = desk.LinkOf(code),
            Code = code,
            Clause = policy.LadderOf(CaseKind.Postmaster).Clause,
        });
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = $"support@{provider.Domains[0]}",
            To = to,
            Subject = rendered.Subject,
            Text = rendered.Text,
            MessageId = $"postmaster.{id}@{provider.HostName}",
            Date = now,
            // Whoever answers has read it. Bounces go nowhere: the envelope has no sender.
            Headers = [("Reply-To", PostmasterCode.AddressFor(code, provider.Domains[0]))],
        };
        return new NewOutbound
        {
            Id = id,
            Purpose = OutboundPurpose.Postmaster,
            SubjectId = row.CustomerId.Value,
            EnvelopeFrom = "",
            Recipient = to,
            Message = message.Write(),
            CreatedAt = now,
        };
    }

    private string CodeOf(PostmasterRow row) => desk.CodeOf(row.CustomerId, row.Domain, row.Cycle);
}
