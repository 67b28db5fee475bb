using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>A folder as its owner holds it: what is seen of it, and the UIDs that are given but not seen yet.</summary>
internal sealed class OwnedFolder(FolderView view, uint uidNext, ulong modSeq)
{
    // Messages appear in the order of their UIDs (RFC 3501 §2.3.1.1), so one that is durable waits for those before it.
    private readonly SortedDictionary<uint, Awaited> awaited = [];
    private readonly Dictionary<uint, TaskCompletionSource> seen = [];
    private uint uidNext = uidNext;
    private ulong modSeq = modSeq;
    private ulong? changing;

    /// <summary>The folder as it is seen.</summary>
    public FolderView View { get; private set; } = view;

    public FolderId Id => View.Id;

    /// <summary>Messages from this UID on have been <c>\Recent</c> to nobody yet.</summary>
    public uint RecentFrom { get; set; } = uidNext;

    /// <summary>Octets of the messages that are on their way.</summary>
    public long AwaitedBytes { get; private set; }

    public ulong ModSeq => modSeq;

    public uint UidNext => uidNext;

    /// <summary>Gives a modification sequence to a change that is about to be made durable. One change at a time.</summary>
    public ulong BeginChange()
    {
        changing = ++modSeq;
        return modSeq;
    }

    /// <summary>The change is done, or will not be.</summary>
    public void EndChange()
    {
        changing = null;
        Settle();
    }

    /// <summary>Gives a UID and a modification sequence to each of some messages.</summary>
    public (uint Uid, ulong ModSeq) Reserve(IReadOnlyList<long> sizes)
    {
        var first = (uidNext, modSeq + 1);
        foreach (var size in sizes)
        {
            awaited.Add(uidNext++, new Awaited(++modSeq, size, null));
            AwaitedBytes += size;
        }

        return first;
    }

    /// <summary>Completes when the messages up to this one are seen, or will not come.</summary>
    public Task SeenAsync(uint uid)
    {
        if (!awaited.ContainsKey(uid))
            return Task.CompletedTask;
        if (!seen.TryGetValue(uid, out var done))
            seen[uid] = done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return done.Task;
    }

    /// <summary>The message is durable. It is seen as soon as none before it is awaited.</summary>
    public void Arrived(StoredMessage message)
    {
        if (awaited.TryGetValue(message.Uid, out var place))
            awaited[message.Uid] = place with { Message = message };
        // The owner has changed since the UID was given; the journal may have told the new one already.
        else if (View.Messages.Find(message.Uid) is null)
            Insert(message);
        Settle();
    }

    /// <summary>The message will not come.</summary>
    public void Abandoned(uint uid)
    {
        if (awaited.Remove(uid, out var place))
            AwaitedBytes -= place.Size;
        if (seen.Remove(uid, out var waiting))
            waiting.SetResult();
        Settle();
    }

    /// <summary>Messages have other flags.</summary>
    public void Changed(IReadOnlyList<StoredMessage> messages, IEnumerable<string> keywords)
    {
        var list = View.Messages.Replace(messages);
        View = View with
        {
            Messages = list,
            Unseen = CountUnseen(list),
            Keywords = [.. View.Keywords.Union(keywords, StringComparer.OrdinalIgnoreCase)],
        };
        Settle();
    }

    /// <summary>Messages are gone.</summary>
    public void Removed(Predicate<StoredMessage> gone)
    {
        var list = View.Messages.Remove(gone);
        View = View with { Messages = list, Unseen = CountUnseen(list), Bytes = CountBytes(list) };
        Settle();
    }

    /// <summary>Something else about the folder has changed.</summary>
    public void Changed(Func<FolderView, FolderView> change) => View = change(View);

    /// <summary>Octets of these messages.</summary>
    public static long CountBytes(MessageList list)
    {
        var bytes = 0L;
        foreach (var message in list.Span)
            bytes += message.Body.Length;
        return bytes;
    }

    /// <summary>How many are not <c>\Seen</c>.</summary>
    public static int CountUnseen(MessageList list)
    {
        var unseen = 0;
        foreach (var message in list.Span)
            unseen += message.Flags.HasFlag(SystemFlags.Seen) ? 0 : 1;
        return unseen;
    }

    private void Settle()
    {
        var (list, bytes, unseen, keywords) = (View.Messages, View.Bytes, View.Unseen, View.Keywords);
        while (awaited.Count > 0)
        {
            var (uid, place) = awaited.First();
            if (place.Message is not { } message)
                break;
            awaited.Remove(uid);
            if (seen.Remove(uid, out var waiting))
                waiting.SetResult();
            AwaitedBytes -= place.Size;
            list = list.Add(message);
            bytes += message.Body.Length;
            unseen += message.Flags.HasFlag(SystemFlags.Seen) ? 0 : 1;
            if (message.Keywords.Length > 0)
                keywords = [.. keywords.Union(message.Keywords.Split(' '), StringComparer.OrdinalIgnoreCase)];
        }

        View = View with
        {
            Messages = list,
            Bytes = bytes,
            Unseen = unseen,
            Keywords = keywords,
            // A UID that was given to what is not durable yet may be given again after a crash: nobody is told to look only behind it.
            UidNext = list.Count == 0 ? View.UidNext : Math.Max(View.UidNext, list[list.Count - 1].Uid + 1),
            HighestModSeq = HighestModSeq(),
        };
    }

    // What is awaited, or being changed, has a number already: a client must not believe that it knows everything up to a later one.
    private ulong HighestModSeq()
    {
        var highest = changing is { } change ? change - 1 : modSeq;
        return awaited.Count == 0 ? highest : Math.Min(highest, awaited.First().Value.ModSeq - 1);
    }

    private void Insert(StoredMessage message)
    {
        uidNext = Math.Max(uidNext, message.Uid + 1);
        modSeq = Math.Max(modSeq, message.ModSeq);
        var list = MessageList.Of([.. View.Messages.Span.ToArray().Append(message).OrderBy(m => m.Uid)]);
        View = View with { Messages = list, Bytes = CountBytes(list), Unseen = CountUnseen(list) };
    }

    private readonly record struct Awaited(ulong ModSeq, long Size, StoredMessage? Message);
}
