using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>CLOSE: removes what is marked as deleted, without a word, and leaves the folder (RFC 3501 §6.4.2).</summary>
internal static class Close
{
    private static readonly ImapReply Done = ImapReply.Ok("Closed");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session)
    {
        var selected = session.Selected!;
        if (!selected.ReadOnly)
            await session.Account!.Owner.ExpungeAsync(selected.Id, null, onlyDeleted: true);
        session.Selected = null;
        return Done;
    }
}
