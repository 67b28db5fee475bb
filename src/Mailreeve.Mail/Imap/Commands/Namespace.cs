using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>NAMESPACE: there is one, the customer's own (RFC 2342 §5).</summary>
internal static class Namespace
{
    private static readonly ImapReply Done = ImapReply.Ok("That is all");

    public static ImapReply Handle(ImapSession session)
    {
        session.Writer.Untagged("NAMESPACE ((\"\" \"/\")) NIL NIL"u8);
        return Done;
    }
}
