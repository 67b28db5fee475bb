using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Lmtp;

/// <summary>The end of a message in LMTP: one durable write, and one reply for each recipient, in the order of their RCPT (RFC 2033 §4.2).</summary>
internal static class LmtpAcceptance
{
    /// <returns>The reply for the last recipient; those for the others are written.</returns>
    public static async ValueTask<Reply> TakeAsync(SmtpSession session, SmtpTransaction transaction, ContentIntake content)
    {
        var boxes = transaction.Recipients.ConvertAll(r => ((MailRoute.ToMailbox)r.Route).Id);
        if (Acceptance.Refusal(content.Complete()) is { } refused)
            return ForEach(session, boxes, _ => refused);

        var id = session.NextMessageId();
        var trace = Acceptance.TraceOf(session, transaction, id, session.Now()).ToBytes();
        var message = transaction.Message.ToSequence(trace);
        if (Acceptance.CountReceived(message.Slice(trace.Length)) >= session.Limits.ReceivedLinesMax)
            return ForEach(session, boxes, _ => Reply.C554Loop);

        // A mailbox that was named twice, by an alias perhaps, gets it once, and both replies are about that.
        var to = boxes.Distinct().ToList();
        try
        {
            var outcomes = await session.Parts.Mailboxes!.DeliverToEachAsync(message, $"{transaction.Mail.From}", to);
            var replies = to.Zip(outcomes).ToDictionary(pair => pair.First, pair => ReplyFor(pair.Second, id));
            session.Log.SmtpAccepted(session.Id, message.Length, id);
            return ForEach(session, boxes, box => replies[box]);
        }
        catch (Exception e)
        {
            session.Log.SmtpNotStored(e, session.Id);
            return ForEach(session, boxes, _ => Reply.C451NotStored);
        }
    }

    private static Reply ReplyFor(ReserveOutcome outcome, string id) =>
        outcome == ReserveOutcome.Reserved ? Reply.C250Accepted(id)
        : outcome == ReserveOutcome.OverQuota ? Reply.C452MailboxFull
        : Reply.C451LocalError;

    private static Reply ForEach(SmtpSession session, List<MailboxId> boxes, Func<MailboxId, Reply> reply)
    {
        for (var i = 0; i < boxes.Count - 1; i++)
            session.Wire.Write(reply(boxes[i]));
        return reply(boxes[^1]);
    }
}
