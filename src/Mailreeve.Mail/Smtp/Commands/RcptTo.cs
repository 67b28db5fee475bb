using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>RCPT TO: adds a recipient to the open transaction (RFC 5321 §4.1.1.3).</summary>
internal static class RcptTo
{
    public static Reply Handle(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (session.Transaction is not { } transaction)
            return Reply.C503NeedMail;
        if (!RcptArgument.TryParse(argument.Span, transaction.Mail.SmtpUtf8, out var rcpt, out var rejected))
            return rejected;
        if (session.BlockedNow() is { } blocked)
            return blocked;

        var verdict = RecipientRules.Decide(new RecipientFacts(rcpt.To, session.Parts.Domains));
        if (verdict is not RecipientVerdict.Accept(var route))
            return ((RecipientVerdict.Refuse)verdict).Reason == RefusalReason.NoSuchUser ? Reply.C550NoSuchUser : Reply.C550RelayDenied;

        var recipient = new AcceptedRecipient(rcpt.To, route);
        if (transaction.Recipients.Contains(recipient))
            return Reply.C250RecipientOk;
        if (transaction.Recipients.Count >= session.Limits.RecipientsPerMessage)
            return Reply.C452TooManyRecipients;
        if (MustGoAlone(transaction, recipient))
            return Reply.C452SendSeparately;

        transaction.Recipients.Add(recipient);
        return Reply.C250RecipientOk;
    }

    // A bounce has one recipient (RFC 5321 §4.5.5); and the mail of a notice is kept elsewhere than that of a role, so the two
    // could not be made durable by one act. With 452 the client sends the rest by itself (§4.5.3.1.10).
    private static bool MustGoAlone(SmtpTransaction transaction, AcceptedRecipient recipient) =>
        transaction.Recipients.Count > 0
        && (transaction.Mail.From is null || recipient.Route is not MailRoute.Role || transaction.Recipients[0].Route is not MailRoute.Role);
}
