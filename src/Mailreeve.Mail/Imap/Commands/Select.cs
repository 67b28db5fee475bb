using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>SELECT and EXAMINE: opens a folder (RFC 3501 §6.3.1, §6.3.2).</summary>
internal static class Select
{
    private static readonly ImapReply ReadWrite = ImapReply.Ok("Selected", ResponseCode.ReadWrite);
    private static readonly ImapReply ReadOnly = ImapReply.Ok("Selected for reading", ResponseCode.ReadOnly);

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Select command)
    {
        // Even when it fails nothing is selected any more (RFC 3501 §6.3.1).
        if (session.Selected is not null)
            session.Writer.Reply(ImapReply.Ok("The folder before this one is closed", ResponseCode.Closed));
        session.Selected = null;
        if (command.CondStore)
            session.EnableCondStore(null);

        var view = await session.ViewAsync();
        if (FolderNames.Normalized(command.Mailbox) is not { } name || !view.Folders.TryGetValue(name, out var folder))
            return Replies.NoSuchFolder;
        var selected = new SelectedFolder(folder, command.ReadOnly);
        if (!command.ReadOnly)
            selected.AddRecent(await session.Account!.Owner.TakeRecentAsync(folder.Id), folder.UidNext);
        session.Selected = selected;
        Describe(session, selected, folder);
        return command.ReadOnly ? ReadOnly : ReadWrite;
    }

    private static void Describe(ImapSession session, SelectedFolder selected, FolderView folder)
    {
        var writer = session.Writer;
        FolderNews.WriteKnownFlags(session, selected);
        writer.Untagged((uint)folder.Messages.Count, "EXISTS"u8);
        writer.Untagged((uint)selected.RecentCountAmong(folder.Messages), "RECENT"u8);
        if (FirstUnseen(folder.Messages) is { } unseen)
            writer.Reply(ImapReply.Ok("The first unread message", new ResponseCode.Unseen(unseen)));
        writer.Reply(ImapReply.Ok("UIDs are valid", new ResponseCode.UidValidity(folder.UidValidity)));
        writer.Reply(ImapReply.Ok("The next UID, or less than it", new ResponseCode.UidNext(folder.UidNext)));
        writer.Reply(ImapReply.Ok("The highest", new ResponseCode.HighestModSeq(folder.HighestModSeq)));
    }

    private static uint? FirstUnseen(MessageList messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if ((messages[i].Flags & SystemFlags.Seen) == 0)
                return (uint)i + 1;
        }

        return null;
    }
}
