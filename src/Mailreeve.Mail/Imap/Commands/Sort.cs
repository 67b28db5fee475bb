using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>SORT and UID SORT: a search whose result is in an order (RFC 5256 §3), also as ESEARCH (RFC 5267 §3).</summary>
internal static class Sort
{
    private static readonly ImapReply Done = ImapReply.Ok("Sorted");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Sort command)
    {
        if (await FolderNews.ArrivalsAsync(session) is not { } folder)
            return Replies.NoSuchFolder;
        var asksModSeq = Search.AsksModSeq(command.Key);
        if (asksModSeq)
            session.EnableCondStore(folder);
        var found = command.Order.All(o => o.Field is SortField.Arrival or SortField.Size)
            ? await FolderSearch.RunAsync(session, folder, command.Key)
            : await FolderSearch.RunWithSummariesAsync(session, folder, command.Key);
        found.Sort((a, b) => Compare(a, b, command.Order));
        if (command.Return is { } asked)
            Search.Answer(session, command.Tag, command.ByUid, asked, found, asksModSeq);
        else
            session.Writer.Sort(Search.Numbers(found, command.ByUid), asksModSeq ? Search.Highest(found) : null);
        return Done;
    }

    /// <summary>Date of the header, or else when the message came (RFC 5256 §2.2).</summary>
    public static Instant SentAt(in Found found) => found.Message.Body.Summary!.SentAt?.ToInstant() ?? found.Message.Body.InternalDate;

    // What is equal in all of it stays in the order of sequence numbers, also in reverse (RFC 5256 §3).
    private static int Compare(in Found a, in Found b, ImapList<SortKey> order)
    {
        foreach (var (field, reverse) in order.AsSpan())
        {
            var compared = Compare(a, b, field);
            if (compared != 0)
                return reverse ? -compared : compared;
        }

        return a.Index.CompareTo(b.Index);
    }

    private static int Compare(in Found a, in Found b, SortField field) => field switch
    {
        SortField.Arrival => a.Message.Body.InternalDate.CompareTo(b.Message.Body.InternalDate),
        SortField.Size => a.Message.Body.Length.CompareTo(b.Message.Body.Length),
        SortField.Date => SentAt(a).CompareTo(SentAt(b)),
        SortField.Subject => Compare(a, b, static s => s.BaseSubject),
        SortField.From => Compare(a, b, static s => s.FromMailbox),
        SortField.To => Compare(a, b, static s => s.ToMailbox),
        _ => Compare(a, b, static s => s.CcMailbox),
    };

    private static int Compare(in Found a, in Found b, Func<MessageSummary, ReadOnlyMemory<byte>> key) =>
        key(a.Message.Body.Summary!).Span.SequenceCompareTo(key(b.Message.Body.Summary!).Span);
}
