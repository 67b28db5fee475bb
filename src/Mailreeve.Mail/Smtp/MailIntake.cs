using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;

namespace Mailreeve.Mail.Smtp;

/// <summary>Hands received mail over, as rows: to the desk, or back to the notice that bounced.</summary>
/// <param name="db">The database.</param>
/// <param name="bounceKey">The secret that <see cref="BounceAddress"/> signs with.</param>
public sealed class MailIntake(Database db, byte[] bounceKey)
{
    /// <summary>Makes one message durable.</summary>
    /// <returns>What to call it in the reply.</returns>
    public async Task<string> KeepAsync(ReceivedMessage message, CancellationToken stop)
    {
        var failure = FailureOf(message);
        return await db.WriteAsync(async session =>
        {
            if (failure is var (outbound, reason)
                && await new OutboundStore(session).ReturnedAsync(outbound, reason, message.ReceivedAt, stop))
                return $"return of message {outbound}";

            if (message.Recipients[0].Route is MailRoute.Collected)
                return await CollectAsync(session, message, stop);

            if (message.Recipients[0].Route is MailRoute.PostmasterAnswer(var code) && await AnswerAsync(session, code, message, stop) is { } answer)
                return answer;

            // One row whoever it was for: the row names the recipients. What cannot be understood is kept too, for a person.
            return $"report {await new ReportStore(session).AddAsync(ReportOf(message), stop)}";
        }, stop);
    }

    private (long Outbound, string Reason)? FailureOf(ReceivedMessage message) =>
        message.Recipients[0].Route is MailRoute.NoticeBounce bounce
        && BounceAddress.TryRead(bounce.Token, bounceKey, out var outbound)
        && DeliveryStatus.Read(message.Raw) is { Failed: true } status
            ? (outbound, status.Reason)
            : null;

    // The header alone tells whose it is and which way it came. One row for each recipient: two tests may come in one.
    private static async Task<string> CollectAsync(DbSession session, ReceivedMessage message, CancellationToken stop)
    {
        var header = message.Raw.AsSpan(0, Math.Min(message.Raw.Length, CollectedMailStore.HeaderBytesMax));
        var end = header.IndexOf("\r\n\r\n"u8);
        var kept = (end < 0 ? header : header[..(end + 4)]).ToArray();
        long? first = null;
        foreach (var recipient in message.Recipients)
        {
            // Servers change its case, and a token is the same in any.
            var id = await new CollectedMailStore(session).AddAsync(
                new NewCollectedMail(message.ReceivedAt, recipient.Mailbox.LocalPart.ToLowerInvariant(), message.Client, kept), stop);
            first ??= id;
        }

        // What is too much is taken and forgotten: nothing of it should come back to whoever wrote it.
        return first is null ? "nothing new" : $"collected {first}";
    }

    // Neither the code is kept nor the message: what is decided about it is. An old code is nobody's any more, and a person reads what comes to it.
    private static async Task<string?> AnswerAsync(DbSession session, string code, ReceivedMessage message, CancellationToken stop)
    {
        var hash = PostmasterCode.HashOf(code);
        if (await new PostmasterStore(session).FindByCodeAsync(hash, stop) is null)
            return null;
        var mark = PostmasterReplyRules.MarkOf(message.From, ReplyMarks.Read(message.Raw));
        // One of a person's is enough, and so is one of a program's: whoever has the code could go on writing.
        return await new PostmasterReplyStore(session).AddAsync(new NewPostmasterReply(message.ReceivedAt, hash, mark), stop) is { } id
            ? $"answer {id}"
            : "nothing new";
    }

    private static IncomingReport ReportOf(ReceivedMessage message) => new()
    {
        ReceivedAt = message.ReceivedAt,
        Channel = ReportChannel.Smtp,
        Queue = QueueOf(message.Recipients),
        Recipients = string.Join(',', message.Recipients.Select(r => r.Mailbox)),
        ClientAddress = message.Client,
        Helo = message.Helo,
        Tls = message.Tls,
        EnvelopeFrom = $"{message.From}",
        Proof = message.Authentication?.Proof,
        ProvedDomain = message.Authentication?.Domain,
        ProvedOrganisation = message.Authentication?.Organisation,
        Sha256 = message.Sha256,
        Raw = message.Raw,
    };

    // Complaints first: whoever writes to abuse@ and to info@ complains.
    private static ReportQueue QueueOf(IReadOnlyList<AcceptedRecipient> recipients)
    {
        var roles = recipients.Select(r => r.Route).OfType<MailRoute.Role>().Select(r => r.Address).ToList();
        if (roles.Count == 0)
            return ReportQueue.Postmaster;
        return (roles.Contains(RoleAddress.Abuse) ? RoleAddress.Abuse : roles[0]) switch
        {
            RoleAddress.Abuse => ReportQueue.Abuse,
            RoleAddress.Postmaster => ReportQueue.Postmaster,
            RoleAddress.Support => ReportQueue.Support,
            RoleAddress.Billing => ReportQueue.Billing,
            _ => ReportQueue.Info,
        };
    }
}
