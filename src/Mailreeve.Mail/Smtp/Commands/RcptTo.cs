using Mailreeve.Mail.Submission;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>RCPT TO: adds a recipient to the open transaction (RFC 5321 §4.1.1.3).</summary>
internal static class RcptTo
{
    public static async ValueTask<Reply> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (session.Transaction is not { } transaction)
            return Reply.C503NeedMail;
        if (!RcptArgument.TryParse(
            argument.Span, transaction.Mail.SmtpUtf8, out var rcpt, out var rejected, isSubmission: session.Door == SmtpDoor.Submission))
            return rejected;
        var facts = new RecipientFacts(rcpt.To, session.Parts.Domains)
        {
            SizeBytes = transaction.Mail.SizeBytes,
            Collector = session.Parts.Collector?.Find(rcpt.To) ?? CollectorFinding.Elsewhere,
        };
        // A relay is to be found open also while it is blocked: whether it is closed is what ends the block.
        if (facts.Collector != CollectorFinding.Token)
        {
            if (session.BlockedNow() is { } blocked)
                return blocked;
            if (transaction.Submitter is { } submitter && session.SuspendedNow(submitter) is { } suspended)
                return suspended;
            session.Check(transaction);
        }

        if (session.Parts.Mailboxes is { } mailboxes)
            facts = await mailboxes.KnowAsync(facts);
        var verdict = session.Door == SmtpDoor.Submission ? RecipientRules.DecideOutgoing(facts) : RecipientRules.Decide(facts);
        var server = verdict is RecipientVerdict.Refuse { Reason: RefusalReason.NotOurs } ? ServerOfCustomer(session) : null;
        if (server is not null)
        {
            if (await session.RefusalAsync(server, transaction.Mail.From) is { } refused)
                return refused;
            verdict = RecipientRules.DecideOutgoing(facts);
        }

        if (verdict is not RecipientVerdict.Accept(var route))
            return LacksService(session, verdict) ? Reply.C550NoRelayService : Refusal((RecipientVerdict.Refuse)verdict, session);

        // LMTP delivers to mailboxes; mail for a role comes by SMTP, where it becomes a report.
        if (session.Door == SmtpDoor.Lmtp && route is not MailRoute.ToMailbox)
            return Reply.C550NoSuchUser;

        // RFC 2033 §4.2: LMTP answers once for each RCPT that was taken, even if one was said twice.
        if (session.Door != SmtpDoor.Lmtp && transaction.Recipients.Exists(r => r.Mailbox == rcpt.To && r.Route == route))
            return Reply.C250RecipientOk;
        if (transaction.Recipients.Count >= session.Limits.RecipientsPerMessage)
            return Reply.C452TooManyRecipients;
        var recipient = new AcceptedRecipient(rcpt.To, route) { Notify = rcpt.Notify, Original = rcpt.Original };
        if (MustGoAlone(transaction, recipient))
            return Reply.C452SendSeparately;
        if (server is null && transaction.Check is { } check
            && InboundReplies.For(await check.AtRecipientAsync(recipient, session.Id), session) is { } unwanted)
            return unwanted;

        transaction.Submitter ??= server;
        transaction.Recipients.Add(recipient);
        return Reply.C250RecipientOk;
    }

    // A customer's own server, known by its address, may send to anybody through us; that is the only relaying there is.
    private static Submitter? ServerOfCustomer(SmtpSession session) =>
        session.Door == SmtpDoor.Exchange ? session.Parts.Submission?.SubmitterAt(session.Client, session.Now()) : null;

    private static bool LacksService(SmtpSession session, RecipientVerdict verdict) =>
        session.Door == SmtpDoor.Exchange && verdict is RecipientVerdict.Refuse { Reason: RefusalReason.NotOurs }
        && session.Parts.Submission?.LacksRelayService(session.Client, session.Now()) == true;

    private static Reply Refusal(RecipientVerdict.Refuse refused, SmtpSession session) => refused.Reason switch
    {
        RefusalReason.NoSuchUser => Reply.C550NoSuchUser,
        RefusalReason.MailboxFull => Reply.C452MailboxFull,
        RefusalReason.Suspended => Reply.C450MailboxSuspended,
        RefusalReason.Blocked => Reply.C550MailboxBlocked($"{refused.Clause}", session.Parts.WhereToTurn),
        RefusalReason.Inactive => Reply.C550MailboxInactive,
        RefusalReason.NoDomain => Reply.C550NeedsDomain,
        _ => Reply.C550RelayDenied,
    };

    // A bounce has one recipient (RFC 5321 §4.5.5), and what answers a code has that one; and mailboxes, roles, notices and the queue are each
    // kept elsewhere, so that two of them could not be made durable by one act. With 452 the client sends the rest by itself (§4.5.3.1.10).
    private static bool MustGoAlone(SmtpTransaction transaction, AcceptedRecipient recipient) =>
        transaction.Recipients.Count > 0
        && (transaction.Mail.From is null || recipient.Route is MailRoute.NoticeBounce or MailRoute.PostmasterAnswer
            || recipient.Route.GetType() != transaction.Recipients[0].Route.GetType()
            || (transaction.Check is not null && IsForRole(recipient) != IsForRole(transaction.Recipients[0])));

    // What is never refused cannot share its one reply with what may be.
    private static bool IsForRole(AcceptedRecipient recipient) => InboundRules.IsForRole(recipient.Mailbox, recipient.Route);
}
