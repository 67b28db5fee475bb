using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>CHECK: there is nothing to be tidied up, all is durable already (RFC 3501 §6.4.1).</summary>
internal static class Check
{
    private static readonly ImapReply Done = ImapReply.Ok("Checked");

    public static ImapReply Handle() => Done;
}
