using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>NOOP: nothing but a chance to hear what is new (RFC 3501 §6.1.2).</summary>
internal static class Noop
{
    private static readonly ImapReply Done = ImapReply.Ok("Nothing done");

    public static ImapReply Handle() => Done;
}
