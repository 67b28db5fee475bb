using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>HELP: whom to ask (RFC 5321 §4.1.1.8).</summary>
internal static class Help
{
    public static Reply Handle(SmtpSession session)
    {
        session.CountJunk();
        if (session.Door == SmtpDoor.Submission)
            return Reply.Of(214, "2.0.0", "This server takes mail from customers, who sign in with AUTH", $"See {session.Parts.WhereToTurn}");
        return Reply.Of(214, "2.0.0", "This server takes mail for abuse@, postmaster@, support@, billing@ and info@", $"See {session.Parts.WhereToTurn}");
    }
}
