using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>STORE and UID STORE: changes flags (RFC 3501 §6.4.6), under a condition perhaps (RFC 7162 §3.1.3).</summary>
internal static class Store
{
    private static readonly ImapReply Done = ImapReply.Ok("Stored");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Store command)
    {
        if (await FolderNews.ArrivalsAsync(session) is not { } before)
            return Replies.NoSuchFolder;
        var selected = session.Selected!;
        if (selected.ReadOnly)
            return Replies.ReadOnly;
        if (!selected.TryResolve(command.Messages, command.ByUid, out var found))
            return Replies.NoSuchMessage;
        if (command.UnchangedSince is not null)
            session.EnableCondStore(before);

        var stored = await session.Account!.Owner.StoreAsync(selected.Id, new FlagChange
        {
            Uids = selected.UidsAt(found),
            Operation = command.Mode,
            Flags = command.Flags.System & ~SystemFlags.Recent,
            Keywords = command.Flags.Keywords,
            UnchangedSince = command.UnchangedSince,
        });
        if (stored.TooManyKeywords)
            return Replies.TooManyKeywords;
        if (await session.SelectedViewAsync() is not { } after)
            return Replies.NoSuchFolder;
        FolderNews.TellKeywords(session, selected, after);
        var gone = await TellAsync(session, command, found, after);
        if (stored.Modified.Count > 0)
            return ImapReply.Ok("Some were changed by others before", new ResponseCode.Modified(Numbers(selected, stored.Modified, command.ByUid)));
        return gone && !command.ByUid ? Replies.SomeExpunged : Done;
    }

    // Tells the new flags, or with .SILENT only what the client cannot know: that somebody else has changed them too, and the
    // mod-sequence (RFC 7162 §3.1.3). Whether a message of the set is gone.
    private static async ValueTask<bool> TellAsync(ImapSession session, ImapCommand.Store command, List<IndexRange> found, FolderView after)
    {
        var selected = session.Selected!;
        var newest = new Newest(selected.Told, after.Messages);
        var gone = false;
        foreach (var (first, last) in found)
        {
            for (var index = first; index <= last; index++)
            {
                var known = selected.Told[index];
                if (newest.Find(index) is not { } message)
                {
                    gone = true;
                    continue;
                }

                selected.Learn(index, message);
                if (!command.Silent || !IsExpected(known, message, command))
                    FolderNews.WriteFlags(session, index, command.ByUid);
                else if (session.CondStore)
                    WriteModSeq(session, index, message, command.ByUid);
                await session.FlushIfMuchAsync();
            }
        }

        return gone;
    }

    private static bool IsExpected(StoredMessage known, StoredMessage message, ImapCommand.Store command)
    {
        var named = command.Flags.System & ~SystemFlags.Recent;
        var flags = command.Mode switch
        {
            StoreMode.Add => known.Flags | named,
            StoreMode.Remove => known.Flags & ~named,
            _ => named,
        };
        if (message.Flags != flags)
            return false;
        if (known.Keywords.Length == 0 && message.Keywords.Length == 0 && command.Flags.Keywords.Count == 0)
            return true;
        var keywords = new HashSet<string>(known.Keywords.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
        switch (command.Mode)
        {
            case StoreMode.Add:
                keywords.UnionWith(command.Flags.Keywords);
                break;
            case StoreMode.Remove:
                keywords.ExceptWith(command.Flags.Keywords);
                break;
            default:
                keywords = new(command.Flags.Keywords, StringComparer.OrdinalIgnoreCase);
                break;
        }

        return keywords.SetEquals(message.Keywords.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void WriteModSeq(ImapSession session, int index, StoredMessage message, bool withUid)
    {
        var response = new FetchResponse(session.Writer, (uint)index + 1);
        if (withUid)
            response.Uid(message.Uid);
        response.ModSeq(message.ModSeq);
        response.End();
    }

    private static ImapList<uint> Numbers(SelectedFolder selected, IReadOnlyList<uint> uids, bool byUid) =>
        byUid ? [.. uids] : [.. uids.Select(uid => (uint)selected.Told.IndexOf(uid) + 1)];
}
