using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>NOOP: nothing; its argument is ignored (RFC 5321 §4.1.1.9).</summary>
internal static class Noop
{
    public static Reply Handle(SmtpSession session)
    {
        session.CountJunk();
        return Reply.C250Ok;
    }
}
