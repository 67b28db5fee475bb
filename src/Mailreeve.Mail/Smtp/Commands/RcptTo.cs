using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>RCPT TO: adds a recipient to the open transaction (RFC 5321 §4.1.1.3).</summary>
internal static class RcptTo
{
    public static async ValueTask<Reply> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (session.Transaction is not { } transaction)
            return Reply.C503NeedMail;
        if (!RcptArgument.TryParse(argument.Span, transaction.Mail.SmtpUtf8, out var rcpt, out var rejected))
            return rejected;
        if (session.BlockedNow() is { } blocked)
            return blocked;

        var facts = new RecipientFacts(rcpt.To, session.Parts.Domains) { SizeBytes = transaction.Mail.SizeBytes };
        if (session.Parts.Mailboxes is { } mailboxes)
            facts = await mailboxes.KnowAsync(facts);
        var verdict = RecipientRules.Decide(facts);
        if (verdict is not RecipientVerdict.Accept(var route))
            return Refusal(((RecipientVerdict.Refuse)verdict).Reason);

        // LMTP delivers to mailboxes; mail for a role comes by SMTP, where it becomes a report.
        if (session.IsLmtp && route is not MailRoute.ToMailbox)
            return Reply.C550NoSuchUser;

        var recipient = new AcceptedRecipient(rcpt.To, route);
        // RFC 2033 §4.2: LMTP answers once for each RCPT that was taken, even if one was said twice.
        if (!session.IsLmtp && transaction.Recipients.Contains(recipient))
            return Reply.C250RecipientOk;
        if (transaction.Recipients.Count >= session.Limits.RecipientsPerMessage)
            return Reply.C452TooManyRecipients;
        if (MustGoAlone(transaction, recipient))
            return Reply.C452SendSeparately;
        if (transaction.Check is { } check && InboundReplies.For(await check.AtRecipientAsync(recipient, session.Id), session) is { } unwanted)
            return unwanted;

        transaction.Recipients.Add(recipient);
        return Reply.C250RecipientOk;
    }

    private static Reply Refusal(RefusalReason reason) => reason switch
    {
        RefusalReason.NoSuchUser => Reply.C550NoSuchUser,
        RefusalReason.MailboxFull => Reply.C452MailboxFull,
        RefusalReason.Suspended => Reply.C450MailboxSuspended,
        RefusalReason.Inactive => Reply.C550MailboxInactive,
        _ => Reply.C550RelayDenied,
    };

    // A bounce has one recipient (RFC 5321 §4.5.5); and mailboxes, roles and notices are each kept elsewhere, so that two of them could
    // not be made durable by one act. With 452 the client sends the rest by itself (§4.5.3.1.10).
    private static bool MustGoAlone(SmtpTransaction transaction, AcceptedRecipient recipient) =>
        transaction.Recipients.Count > 0
        && (transaction.Mail.From is null || recipient.Route is MailRoute.NoticeBounce
            || recipient.Route.GetType() != transaction.Recipients[0].Route.GetType()
            || (transaction.Check is not null && IsForRole(recipient) != IsForRole(transaction.Recipients[0])));

    // What is never refused cannot share its one reply with what may be.
    private static bool IsForRole(AcceptedRecipient recipient) => InboundRules.IsForRole(recipient.Mailbox, recipient.Route);
}
