using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>MAIL FROM: begins a message (RFC 5321 §4.1.1.2).</summary>
internal static class MailFrom
{
    public static Reply Handle(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (session.Helo is null)
            return session.IsLmtp ? Reply.C503NeedLhlo : Reply.C503NeedHelo;
        if (session.Transaction is not null)
            return Reply.C503NestedMail;
        if (!MailArgument.TryParse(argument.Span, session.Extended, session.Limits.SizeBytesMax, out var mail, out var rejected))
            return rejected;
        if (session.BlockedNow() is { } blocked)
            return blocked;

        session.Begin(mail);
        return Reply.C250SenderOk;
    }
}
