using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>LOGOUT: BYE, and the end (RFC 3501 §6.1.3).</summary>
internal static class Logout
{
    private static readonly ImapReply Done = ImapReply.Ok("Logged out");

    public static ImapReply Handle(ImapSession session)
    {
        session.Bye("Good bye");
        return Done;
    }
}
