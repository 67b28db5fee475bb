using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap;

/// <summary>The folder that a session has selected, as its client believes it to be (RFC 3501 §3.3).</summary>
/// <remarks>
/// What the client was told may lag behind the folder: only at some points may it hear of messages that are gone (§7.4.1). The list
/// is mostly the very one that stands on the board; it is copied only when the client must be told less than there is.
/// </remarks>
internal sealed class SelectedFolder(FolderView folder, bool readOnly)
{
    private readonly List<SequenceRange> recent = [];
    private StoredMessage[]? own;

    public FolderId Id { get; } = folder.Id;

    public uint UidValidity { get; } = folder.UidValidity;

    /// <summary>Whether it was opened by EXAMINE.</summary>
    public bool ReadOnly { get; } = readOnly;

    /// <summary>The folder when the client was last told everything; null when there is more to tell.</summary>
    public FolderView? ToldAll { get; private set; } = folder;

    /// <summary>The messages that the client knows of: the n-th has sequence number n. Flags are those that it was told.</summary>
    public MessageList Told { get; private set; } = folder.Messages;

    /// <summary>The keywords that the client was told of.</summary>
    public IReadOnlyList<string> Keywords { get; set; } = folder.Keywords;

    /// <summary>Up to where it was asked which messages are <c>\Recent</c>: the UID that the next message gets, or more.</summary>
    public uint RecentAskedUpTo { get; private set; } = folder.UidNext;

    /// <summary>Whether new messages were told of in passing, in the answer to a command that asks for something else.</summary>
    public bool ToldInPassing { get; set; }

    /// <summary>UIDs of the result that the last SEARCH saved, ascending (RFC 5182 §2.1).</summary>
    public uint[] Saved { get; set; } = [];

    /// <summary>How many of these messages are <c>\Recent</c> here.</summary>
    public int RecentCountAmong(MessageList messages)
    {
        var count = 0;
        foreach (var (first, last) in recent)
            count += After(messages, last) - From(messages, first);
        return count;
    }

    /// <summary>The flags of a message, with <c>\Recent</c> where that is so.</summary>
    public SystemFlags FlagsOf(StoredMessage message) => IsRecent(message.Uid) ? message.Flags | SystemFlags.Recent : message.Flags;

    /// <summary>Whether this session is the first to be told of the message.</summary>
    public bool IsRecent(uint uid)
    {
        foreach (var (first, last) in recent)
        {
            if (uid >= first && uid <= last)
                return true;
        }

        return false;
    }

    /// <summary>Messages with these UIDs are <c>\Recent</c> to this session alone.</summary>
    public void AddRecent(uint first, uint next)
    {
        RecentAskedUpTo = next;
        if (first >= next)
            return;
        if (recent.Count > 0 && recent[^1].Last + 1 >= first)
            recent[^1] = recent[^1] with { Last = next - 1 };
        else
            recent.Add(new(first, next - 1));
    }

    /// <summary>The client knows all of this now.</summary>
    public void LearnAll(FolderView folder)
    {
        Told = folder.Messages;
        ToldAll = folder;
        own = null;
    }

    /// <summary>The client knows these messages now, but not all that has happened.</summary>
    /// <param name="messages">The array is the folder's from now on.</param>
    public void LearnSome(StoredMessage[] messages)
    {
        own = messages;
        Told = MessageList.Of(messages);
        ToldAll = null;
    }

    /// <summary>The client knows this version of a message now.</summary>
    public void Learn(int index, StoredMessage message)
    {
        if (ReferenceEquals(Told[index], message))
            return;
        if (own is null)
            LearnSome(Told.Span.ToArray());
        own![index] = message;
    }

    /// <summary>Where the messages of a set stand in what the client was told.</summary>
    /// <param name="set">Numbers or UIDs. UIDs that do not exist are passed over (RFC 3501 §6.4.8).</param>
    /// <param name="byUid">Whether they are UIDs.</param>
    /// <param name="found">Ranges of indices, ascending.</param>
    /// <returns><see langword="false"/> when there is a number above that of the last message (RFC 3501 §9, seq-number).</returns>
    public bool TryResolve(SequenceSet set, bool byUid, out List<IndexRange> found)
    {
        found = [];
        if (set.IsSaved)
        {
            foreach (var uid in Saved)
            {
                if (Told.IndexOf(uid) is var index and >= 0)
                    IndexRange.Add(found, index, index);
            }

            return true;
        }

        if (!byUid)
            return TryResolveNumbers(set, found);
        if (Told.Count == 0)
            return true;
        foreach (var (first, last) in set.Resolve(Told[Told.Count - 1].Uid).Ranges.AsSpan())
            IndexRange.Add(found, From(Told, first), After(Told, last) - 1);
        return true;
    }

    /// <summary>The UIDs of the messages at these places.</summary>
    public List<uint> UidsAt(List<IndexRange> ranges)
    {
        var uids = new List<uint>();
        foreach (var (first, last) in ranges)
        {
            for (var index = first; index <= last; index++)
                uids.Add(Told[index].Uid);
        }

        return uids;
    }

    private bool TryResolveNumbers(SequenceSet set, List<IndexRange> found)
    {
        var numbers = set.Resolve((uint)Told.Count);
        foreach (var (first, last) in numbers.Ranges.AsSpan())
            IndexRange.Add(found, (int)Math.Min(first, int.MaxValue) - 1, (int)Math.Min(last, Told.Count) - 1);
        return !numbers.IsEmpty && numbers.Largest <= Told.Count;
    }

    private static int From(MessageList messages, uint uid) => messages.IndexOf(uid) is var index && index < 0 ? ~index : index;

    private static int After(MessageList messages, uint uid) => messages.IndexOf(uid) is var index && index < 0 ? ~index : index + 1;
}
