using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>CAPABILITY: what the server can do (RFC 3501 §6.1.1).</summary>
internal static class Capability
{
    private static readonly ImapReply Done = ImapReply.Ok("That is all");

    public static ImapReply Handle(ImapSession session)
    {
        session.Writer.Text("* CAPABILITY "u8).Ascii(Capabilities.Of(session)).End();
        return Done;
    }
}
