using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>HELO: EHLO's elder, with no extensions (RFC 5321 §4.1.1.1).</summary>
internal static class Helo
{
    public static Reply Handle(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        session.CountJunk();
        if (!HeloArgument.TryParse(argument.Span, out var name))
            return Reply.C501BadHelo;

        session.Greeted(name, extended: false);
        return Reply.C250Helo(session.Parts.HostName);
    }
}
