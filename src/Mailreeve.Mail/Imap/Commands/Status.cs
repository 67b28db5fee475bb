using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>STATUS: figures of a folder without opening it (RFC 3501 §6.3.10).</summary>
internal static class Status
{
    private static readonly ImapReply Done = ImapReply.Ok("That is all");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Status command)
    {
        var view = await session.ViewAsync();
        if (FolderNames.Normalized(command.Mailbox) is not { } name || !view.Folders.TryGetValue(name, out var folder))
            return Replies.NoSuchFolder;
        await EnableAsync(session, command.Items);
        Write(session, folder, command.Items);
        return Done;
    }

    /// <summary>Who asks for HIGHESTMODSEQ knows of mod-sequences (RFC 7162 §3.1).</summary>
    public static async ValueTask EnableAsync(ImapSession session, StatusItems items)
    {
        if (items.HasFlag(StatusItems.HighestModSeq) && !session.CondStore)
            session.EnableCondStore(session.Selected is null ? null : await session.SelectedViewAsync());
    }

    /// <summary>Writes the figures.</summary>
    public static void Write(ImapSession session, FolderView folder, StatusItems items) => session.Writer.Status(folder.Name, items, new StatusFigures
    {
        Messages = (uint)folder.Messages.Count,
        // Only for the folder that is open here it is known without taking it from the one who opens it next.
        Recent = session.Selected is { } selected && selected.Id == folder.Id ? (uint)selected.RecentCountAmong(folder.Messages) : 0,
        UidNext = folder.UidNext,
        UidValidity = folder.UidValidity,
        Unseen = (uint)folder.Unseen,
        SizeBytes = (ulong)folder.Bytes,
        HighestModSeq = folder.HighestModSeq,
        Deleted = items.HasFlag(StatusItems.Deleted) ? Deleted(folder.Messages) : 0,
        AppendLimitBytes = (ulong)session.Limits.AppendBytesMax,
    });

    private static uint Deleted(MessageList messages)
    {
        var count = 0u;
        foreach (var message in messages.Span)
        {
            if ((message.Flags & SystemFlags.Deleted) != 0)
                count++;
        }

        return count;
    }
}
