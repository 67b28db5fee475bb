using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>DELETE: removes a folder and what is in it (RFC 3501 §6.3.4).</summary>
internal static class Delete
{
    private static readonly ImapReply Done = ImapReply.Ok("Deleted");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Delete command)
    {
        var outcome = await session.Account!.Owner.DeleteFolderAsync(command.Mailbox);
        // Who deletes the folder they are in has left it; all others in it are told BYE.
        if (outcome == FolderOutcome.Done && session.Selected is not null && await session.SelectedViewAsync() is null)
            session.Selected = null;
        return Replies.Of(outcome, Done);
    }
}
