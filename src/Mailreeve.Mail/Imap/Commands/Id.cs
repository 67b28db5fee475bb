using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>ID: who is there (RFC 2971 §3.1). Our version is nobody's business, and theirs changes nothing.</summary>
internal static class Id
{
    private static readonly ImapReply Done = ImapReply.Ok("Pleased to meet you");

    public static ImapReply Handle(ImapSession session)
    {
        session.Writer.Id([new IdField("name", "Mailreeve")]);
        return Done;
    }
}
