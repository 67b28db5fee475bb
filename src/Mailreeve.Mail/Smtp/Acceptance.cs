using System.Buffers;
using System.Security.Cryptography;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Mail.Smtp;

/// <summary>The end of a message: it is judged, made durable, and only then answered with 250 (RFC 5321 §6.1).</summary>
internal static class Acceptance
{
    public static async ValueTask<Reply> TakeAsync(SmtpSession session, SmtpTransaction transaction, ContentIntake content)
    {
        if (Refusal(content.Complete()) is { } refused)
            return refused;

        var id = session.NextMessageId();
        var now = session.Now();
        var trace = TraceOf(session, transaction, id, now).ToBytes();
        var spam = default(InboundVerdict.Spam);
        var authentication = default(ReportAuthentication);
        if (transaction.Check is { } check)
        {
            var whole = transaction.Message.ToSequence(default);
            if (CountReceived(whole) >= session.Limits.ReceivedLinesMax)
                return Reply.C554Loop;
            var findings = await check.AtMessageAsync(whole, transaction.Recipients, id);
            if (InboundReplies.For(findings.Verdict, session) is { } unwanted)
                return unwanted;
            trace = [.. findings.Header, .. trace];
            transaction.Message.LeaveOut(findings.Forged);
            spam = findings.Verdict as InboundVerdict.Spam;
            authentication = findings.Authentication;
        }

        if (transaction.Recipients[0].Route is MailRoute.ToMailbox)
            return await DeliverAsync(session, transaction, trace, id, spam);
        if (transaction.Check is null && session.Parts.Checks is { } checks)
            authentication = await checks.ProveAsync(transaction.Message.ToSequence(default));
        return await HandOverAsync(session, transaction, trace, now, authentication);
    }

    // Into mailboxes: one durable write is the delivery. All recipients or none: with one reply for all of them there is no other way.
    private static async ValueTask<Reply> DeliverAsync(
        SmtpSession session, SmtpTransaction transaction, byte[] trace, string id, InboundVerdict.Spam? spam)
    {
        var message = transaction.Message.ToSequence(trace);
        if (CountReceived(message.Slice(trace.Length)) >= session.Limits.ReceivedLinesMax)
            return Reply.C554Loop;
        try
        {
            var delivery = session.Parts.Mailboxes!;
            var boxes = transaction.Recipients.Select(r => ((MailRoute.ToMailbox)r.Route).Id).Distinct().ToList();
            var intoJunk = spam is null ? null : InboundRules.Spread(boxes.ConvertAll(delivery.SpamChoiceOf));
            if (spam is not null && intoJunk is null)
                return InboundReplies.Unwanted(spam, session);
            var to = boxes.Select((box, i) => new Addressee(box, intoJunk is not null && intoJunk[i])).ToList();
            if (!await delivery.DeliverToAllAsync(message, $"{transaction.Mail.From}", to))
                return Reply.C452MailboxFull;
            session.Log.SmtpAccepted(session.Id, message.Length, id);
            return Reply.C250Accepted(id);
        }
        catch (Exception e)
        {
            session.Log.SmtpNotStored(e, session.Id);
            return Reply.C451NotStored;
        }
    }

    public static int CountReceived(ReadOnlySequence<byte> content) =>
        TraceHeader.CountReceived(content.IsSingleSegment ? content.FirstSpan : content.ToArray());

    // To the desk, as a row.
    private static async ValueTask<Reply> HandOverAsync(
        SmtpSession session, SmtpTransaction transaction, byte[] trace, Instant now, ReportAuthentication? authentication)
    {
        var raw = transaction.Message.ToArray(trace);
        if (TraceHeader.CountReceived(raw.AsSpan(trace.Length)) >= session.Limits.ReceivedLinesMax)
            return Reply.C554Loop;

        var message = new ReceivedMessage
        {
            ReceivedAt = now,
            From = transaction.Mail.From,
            Recipients = transaction.Recipients,
            Client = session.Client,
            Helo = session.Helo!,
            Tls = session.Wire.Tls,
            Authentication = authentication,
            Raw = raw,
            Sha256 = SHA256.HashData(raw.AsSpan(trace.Length)),
        };
        try
        {
            // No token: a message that has come whole is kept even when the server is told to stop at this moment.
            var reference = await session.Parts.Keep(message, CancellationToken.None);
            session.Log.SmtpAccepted(session.Id, raw.Length, reference);
            return Reply.C250Accepted(reference);
        }
        catch (Exception e)
        {
            session.Log.SmtpNotStored(e, session.Id);
            return Reply.C451NotStored;
        }
    }

    public static TraceHeader TraceOf(SmtpSession session, SmtpTransaction transaction, string id, Instant now) => new()
    {
        From = transaction.Mail.From,
        Helo = session.Helo!,
        Client = session.Client,
        Host = session.Parts.HostName,
        Extended = session.Extended,
        Tls = session.Wire.Tls is not null,
        Lmtp = session.Door == SmtpDoor.Lmtp,
        IsSubmission = transaction.Submitter is not null,
        SignedIn = session.SignedIn is not null,
        SmtpUtf8 = transaction.Mail.SmtpUtf8,
        Id = id,
        OnlyRecipient = transaction.Recipients.Count == 1 ? transaction.Recipients[0].Mailbox : null,
        At = now,
    };

    /// <summary>The refusal of what cannot be taken as it is; <see langword="null"/> when there is nothing wrong.</summary>
    public static Reply? Refusal(ContentProblem problem) => problem switch
    {
        ContentProblem.None => null,
        ContentProblem.BareCrOrLf => Reply.C550BareCrOrLf,
        ContentProblem.Nul => Reply.C550Nul,
        ContentProblem.TooBig => Reply.C552TooBig,
        ContentProblem.HeaderTooBig => Reply.C552HeaderTooBig,
        _ => Reply.C550ContentLineTooLong,
    };
}
