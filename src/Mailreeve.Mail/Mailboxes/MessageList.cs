namespace Mailreeve.Mail.Mailboxes;

/// <summary>The messages of a folder at one moment, by UID: the n-th is the one with sequence number n (RFC 3501 §2.3.1.2).</summary>
/// <remarks>
/// A snapshot. Longer lists share the array of shorter ones: a message that is added is written behind the end that older snapshots
/// know of, so a delivery into a folder of thousands copies nothing. Only the folder's owner adds.
/// </remarks>
public readonly struct MessageList
{
    private readonly StoredMessage[] messages;

    private MessageList(StoredMessage[] messages, int count) => (this.messages, Count) = (messages, count);

    /// <summary>No messages.</summary>
    public static MessageList Empty { get; } = new([], 0);

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>All of them, in ascending order of their UIDs.</summary>
    public ReadOnlySpan<StoredMessage> Span => messages.AsSpan(0, Count);

    /// <summary>The one at this index, which is its sequence number less one.</summary>
    public StoredMessage this[int index] => Span[index];

    /// <summary>The list of these; the array is the list's from now on.</summary>
    internal static MessageList Of(StoredMessage[] ascending) => new(ascending, ascending.Length);

    /// <summary>The index of the message with this UID, or the complement of where it would stand, as <see cref="Array.BinarySearch(Array, object)"/> has it.</summary>
    public int IndexOf(uint uid)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = messages[middle].Uid;
            if (found == uid)
                return middle;
            if (found < uid)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>The message with this UID, or null.</summary>
    public StoredMessage? Find(uint uid) => IndexOf(uid) is var index and >= 0 ? messages[index] : null;

    /// <summary>Whether the other list is this one, with more behind it perhaps.</summary>
    internal bool IsBeginningOf(MessageList longer) => messages == longer.messages && Count <= longer.Count;

    // Whoever adds to the newest list twice, or to an old one, would overwrite what others see: only the owner's single thread does.
    internal MessageList Add(StoredMessage message)
    {
        var room = messages;
        if (Count == room.Length)
        {
            room = new StoredMessage[Math.Max(8, Count * 2)];
            Span.CopyTo(room);
        }

        room[Count] = message;
        return new MessageList(room, Count + 1);
    }

    internal MessageList Replace(IEnumerable<StoredMessage> changed)
    {
        var copy = Span.ToArray();
        foreach (var message in changed)
        {
            if (IndexOf(message.Uid) is var index and >= 0)
                copy[index] = message;
        }

        return Of(copy);
    }

    internal MessageList Remove(Predicate<StoredMessage> gone) => Of(Array.FindAll(Span.ToArray(), message => !gone(message)));
}
