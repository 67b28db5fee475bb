using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>VRFY: is there such a user? We do not say (RFC 5321 §3.5.3, §7.3).</summary>
internal static class Vrfy
{
    public static Reply Handle(SmtpSession session)
    {
        session.CountJunk();
        return Reply.C252WillNotVerify;
    }
}
