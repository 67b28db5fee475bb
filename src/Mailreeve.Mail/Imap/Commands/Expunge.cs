using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>EXPUNGE and UID EXPUNGE: removes what is marked as deleted (RFC 3501 §6.4.3, RFC 4315 §2.1). The session tells of it as of all news.</summary>
internal static class Expunge
{
    private static readonly ImapReply Done = ImapReply.Ok("Expunged");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Expunge command)
    {
        var selected = session.Selected!;
        if (selected.ReadOnly)
            return Replies.ReadOnly;
        IReadOnlyList<uint>? uids = null;
        if (command.Uids is { } set)
        {
            selected.TryResolve(set, byUid: true, out var found);
            uids = selected.UidsAt(found);
        }

        await session.Account!.Owner.ExpungeAsync(selected.Id, uids, onlyDeleted: true);
        return Done;
    }
}
