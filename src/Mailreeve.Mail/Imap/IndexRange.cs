using Mailreeve.Mail.Mailboxes;

namespace Mailreeve.Mail.Imap;

/// <summary>Neighbours in a list of messages.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Last">Index of the last; below the first when there is none.</param>
internal readonly record struct IndexRange(int First, int Last)
{
    public int Count => Last - First + 1;

    /// <summary>Adds neighbours behind those that are there, joining what touches.</summary>
    public static void Add(List<IndexRange> ranges, int first, int last)
    {
        if (last < first)
            return;
        if (ranges.Count > 0 && ranges[^1].Last + 1 == first)
            ranges[^1] = ranges[^1] with { Last = last };
        else
            ranges.Add(new IndexRange(first, last));
    }
}

/// <summary>Finds the newest version of messages that a client was told of, going upwards.</summary>
internal struct Newest(MessageList told, MessageList now)
{
    private readonly bool same = told.IsBeginningOf(now);
    private int at = -1;

    /// <summary>The message as it is now; null when it is gone.</summary>
    /// <param name="index">In what the client was told; not below that of the call before.</param>
    public StoredMessage? Find(int index)
    {
        if (same)
            return now[index];
        var uid = told[index].Uid;
        if (at < 0)
            at = now.IndexOf(uid) is var found && found < 0 ? ~found : found;
        while (at < now.Count && now[at].Uid < uid)
            at++;
        return at < now.Count && now[at].Uid == uid ? now[at] : null;
    }
}
