using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>SUBSCRIBE and UNSUBSCRIBE: whether clients show a folder (RFC 3501 §6.3.6, §6.3.7).</summary>
internal static class Subscribe
{
    private static readonly ImapReply Done = ImapReply.Ok("Noted");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, string mailbox, bool subscribed) =>
        Replies.Of(await session.Account!.Owner.SubscribeAsync(mailbox, subscribed), Done);
}
