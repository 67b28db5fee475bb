using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap;

/// <summary>What may be told of a folder at some point.</summary>
[Flags]
internal enum News
{
    /// <summary>Messages that have come.</summary>
    Arrivals = 1,

    /// <summary>Flags that have changed.</summary>
    Flags = 2,

    /// <summary>Messages that are gone; then all else as well.</summary>
    Expunges = 4,

    /// <summary>Everything.</summary>
    All = Arrivals | Flags | Expunges,
}

/// <summary>Tells a client what has happened in the folder that it has selected (RFC 3501 §5.2).</summary>
internal static class FolderNews
{
    /// <summary>
    /// What may be told before the answer to a command. FETCH, STORE and SEARCH may be in the pipe behind one another with numbers that
    /// an EXPUNGE would make wrong; not so when they go by UID (RFC 3501 §7.4.1).
    /// </summary>
    public static News AllowedAfter(ImapCommand command) => command
        is ImapCommand.Fetch { ByUid: false }
        or ImapCommand.Store { ByUid: false }
        or ImapCommand.Search { ByUid: false }
        or ImapCommand.Sort { ByUid: false }
        or ImapCommand.Thread { ByUid: false }
        ? News.Arrivals | News.Flags
        : News.All;

    /// <summary>Tells it.</summary>
    /// <param name="session">Whose folder.</param>
    /// <param name="allowed">What may be told now.</param>
    /// <param name="withUid">Whether flags come with the UID of the message.</param>
    /// <returns><see langword="false"/> when the folder is gone, or another one by now.</returns>
    public static async ValueTask<bool> TellAsync(ImapSession session, News allowed, bool withUid)
    {
        if (await session.SelectedViewAsync() is not { } folder)
            return false;
        var selected = session.Selected!;
        if (ReferenceEquals(selected.ToldAll, folder))
            return true;

        if (!selected.ReadOnly && folder.UidNext > selected.RecentAskedUpTo)
            selected.AddRecent(await session.Account!.Owner.TakeRecentAsync(folder.Id), folder.UidNext);
        TellKeywords(session, selected, folder);
        if (selected.Told.IsBeginningOf(folder.Messages))
        {
            var more = folder.Messages.Count - selected.Told.Count;
            selected.LearnAll(folder);
            TellArrivals(session, selected, more);
            return true;
        }

        var changed = new List<int>();
        var arrived = Compare(session, folder, allowed, changed);
        TellArrivals(session, selected, arrived);
        foreach (var index in changed)
        {
            WriteFlags(session, index, withUid);
            await session.FlushIfMuchAsync();
        }

        return true;
    }

    /// <summary>
    /// The selected folder as it is now, after telling of messages that have come: a client may know their UIDs from elsewhere.
    /// </summary>
    /// <returns><see langword="null"/> when the folder is gone.</returns>
    public static async ValueTask<FolderView?> ArrivalsAsync(ImapSession session) =>
        await TellAsync(session, News.Arrivals, withUid: false) ? await session.SelectedViewAsync() : null;

    /// <summary>Writes the flags of one message of the selected folder as the client now knows them.</summary>
    public static void WriteFlags(ImapSession session, int index, bool withUid)
    {
        var selected = session.Selected!;
        var message = selected.Told[index];
        var response = new FetchResponse(session.Writer, (uint)index + 1);
        if (withUid)
            response.Uid(message.Uid);
        response.Flags(selected.FlagsOf(message), message.Keywords);
        if (session.CondStore)
            response.ModSeq(message.ModSeq);
        response.End();
    }

    /// <summary>Tells of keywords that nobody had used when the folder was selected (RFC 3501 §7.2.6).</summary>
    public static void TellKeywords(ImapSession session, SelectedFolder selected, FolderView folder)
    {
        if (ReferenceEquals(selected.Keywords, folder.Keywords) || folder.Keywords.Count == selected.Keywords.Count)
            return;
        selected.Keywords = folder.Keywords;
        WriteKnownFlags(session, selected);
    }

    /// <summary>FLAGS and PERMANENTFLAGS.</summary>
    public static void WriteKnownFlags(ImapSession session, SelectedFolder selected)
    {
        var known = new ImapFlags(
            SystemFlags.Answered | SystemFlags.Flagged | SystemFlags.Deleted | SystemFlags.Seen | SystemFlags.Draft, [.. selected.Keywords]);
        session.Writer.Flags(known);
        var permanent = selected.ReadOnly ? ImapFlags.None : known;
        session.Writer.Reply(ImapReply.Ok("These last", new ResponseCode.PermanentFlags(permanent, AllowsNew: !selected.ReadOnly)));
    }

    private static void TellArrivals(ImapSession session, SelectedFolder selected, int arrived)
    {
        if (arrived == 0)
            return;
        WriteCounts(session, selected);
        selected.ToldInPassing = true;
    }

    /// <summary>Says once more how many messages there are, if the client may not have noticed.</summary>
    /// <remarks>
    /// Thunderbird takes no notice of an EXISTS in the answer to a FETCH, goes into IDLE, and shows the message only when the next one
    /// comes. To repeat what has been said is allowed (RFC 3501 §7.3.1).
    /// </remarks>
    public static void RepeatArrivals(ImapSession session)
    {
        if (session.Selected is not { ToldInPassing: true } selected)
            return;
        WriteCounts(session, selected);
        selected.ToldInPassing = false;
    }

    private static void WriteCounts(ImapSession session, SelectedFolder selected)
    {
        session.Writer.Untagged((uint)selected.Told.Count, "EXISTS"u8);
        session.Writer.Untagged((uint)selected.RecentCountAmong(selected.Told), "RECENT"u8);
    }

    // Goes up both lists side by side and makes the one that the client knows from now on. Says EXPUNGE as it goes; returns how many
    // messages have come, and at which places flags have changed.
    private static int Compare(ImapSession session, FolderView folder, News allowed, List<int> changed)
    {
        var selected = session.Selected!;
        var (told, now) = (selected.Told, folder.Messages);
        var known = new List<StoredMessage>(Math.Max(told.Count, now.Count));
        var at = 0;
        var behind = false;
        foreach (var before in told.Span)
        {
            while (at < now.Count && now[at].Uid < before.Uid)
                at++;
            var after = at < now.Count && now[at].Uid == before.Uid ? now[at] : null;
            if (after is null && allowed.HasFlag(News.Expunges))
            {
                session.Writer.Untagged((uint)known.Count + 1, "EXPUNGE"u8);
                continue;
            }

            behind |= after is null;
            if (after is null || ReferenceEquals(after, before))
            {
                known.Add(before);
            }
            else if (allowed.HasFlag(News.Flags))
            {
                changed.Add(known.Count);
                known.Add(after);
            }
            else
            {
                behind = true;
                known.Add(before);
            }
        }

        var kept = known.Count;
        known.AddRange(now.Span[Arrivals(told, now)..]);
        if (behind)
            selected.LearnSome([.. known]);
        else
            selected.LearnAll(folder);
        return known.Count - kept;
    }

    // New messages have larger UIDs than all before them (RFC 3501 §2.3.1.1).
    private static int Arrivals(MessageList told, MessageList now)
    {
        if (told.Count == 0)
            return 0;
        var index = now.IndexOf(told[told.Count - 1].Uid);
        return index < 0 ? ~index : index + 1;
    }
}
