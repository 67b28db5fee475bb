using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>MAIL FROM: begins a message (RFC 5321 §4.1.1.2).</summary>
internal static class MailFrom
{
    public static async ValueTask<Reply> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (session.Helo is null)
            return session.Door == SmtpDoor.Lmtp ? Reply.C503NeedLhlo : Reply.C503NeedHelo;
        if (session.Transaction is not null)
            return Reply.C503NestedMail;
        if (session.Door == SmtpDoor.Submission)
            return await SubmitAsync(session, argument);
        if (!MailArgument.TryParse(argument.Span, session.Extended, session.Limits.SizeBytesMax, out var mail, out var rejected))
            return rejected;
        // Where there is a collector of relay tests, whoever is blocked is told at RCPT: what is for the collector is taken from anybody.
        if (session.Parts.Collector is null && session.BlockedNow() is { } blocked)
            return blocked;

        session.Begin(mail);
        return Reply.C250SenderOk;
    }

    // RFC 6409 §4.3: who it is comes before what they want.
    private static async ValueTask<Reply> SubmitAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        var door = session.Parts.Submission!;
        if (!session.IsPrivate)
            return Reply.C530NeedTls;
        if ((session.SignedIn ?? door.SubmitterAt(session.Client, session.Now())) is not { } submitter)
            return Reply.C530SignInFirst;
        if (!MailArgument.TryParse(
            argument.Span, session.Extended, session.Limits.SizeBytesMax, out var mail, out var rejected, isSubmission: true))
            return rejected;
        if (session.BlockedNow() is { } blocked)
            return blocked;
        if (await session.RefusalAsync(submitter, mail.From) is { } refused)
            return refused;

        session.Begin(mail).Submitter = submitter;
        return Reply.C250SenderOk;
    }
}
