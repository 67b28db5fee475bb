using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>UNSELECT: leaves the folder as it is (RFC 3691 §2).</summary>
internal static class Unselect
{
    private static readonly ImapReply Done = ImapReply.Ok("Left");

    public static ImapReply Handle(ImapSession session)
    {
        session.Selected = null;
        return Done;
    }
}
