using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>SEARCH and UID SEARCH (RFC 3501 §6.4.4), with ESEARCH (RFC 4731) and a result that can be used again (RFC 5182).</summary>
internal static class Search
{
    public static readonly ImapReply BadCharset = ImapReply.No("That character set is not known here", ResponseCode.BadCharset);

    private static readonly ImapReply Done = ImapReply.Ok("Searched");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Search command)
    {
        if (await FolderNews.ArrivalsAsync(session) is not { } folder)
            return Replies.NoSuchFolder;
        var asksModSeq = AsksModSeq(command.Key);
        if (asksModSeq)
            session.EnableCondStore(folder);
        var found = await FolderSearch.RunAsync(session, folder, command.Key);
        if (command.Return is not { } asked)
        {
            session.Writer.Search(Numbers(found, command.ByUid), asksModSeq ? Highest(found) : null);
            return Done;
        }

        Answer(session, command.Tag, command.ByUid, asked, found, asksModSeq);
        return Done;
    }

    /// <summary>Answers with ESEARCH, and saves what is to be saved.</summary>
    /// <param name="session">To whom.</param>
    /// <param name="tag">The tag of the command.</param>
    /// <param name="byUid">Whether with UIDs.</param>
    /// <param name="asked">With what.</param>
    /// <param name="found">What was found, in the order that was asked for.</param>
    /// <param name="asksModSeq">Whether the search was for a mod-sequence.</param>
    public static void Answer(ImapSession session, string tag, bool byUid, SearchReturn asked, List<Found> found, bool asksModSeq)
    {
        if (asked.HasFlag(SearchReturn.Save))
            session.Selected!.Saved = Saved(asked, found);
        if (asked == SearchReturn.Save)
            return;
        var told = IsOnlyEnds(asked) ? Ends(asked, found) : found;
        session.Writer.ESearch(tag, byUid, asked & ~SearchReturn.Save, Numbers(found, byUid), asksModSeq ? Highest(told) : null);
    }

    /// <summary>Whether the answer has to have a mod-sequence (RFC 7162 §3.1.5).</summary>
    public static bool AsksModSeq(SearchKey key) => key switch
    {
        SearchKey.ModSeq => true,
        SearchKey.Not(var inner) => AsksModSeq(inner),
        SearchKey.Or(var left, var right) => AsksModSeq(left) || AsksModSeq(right),
        SearchKey.And(var keys) => keys.Any(AsksModSeq),
        _ => false,
    };

    /// <summary>Sequence numbers or UIDs.</summary>
    public static uint[] Numbers(List<Found> found, bool byUid)
    {
        var numbers = new uint[found.Count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = found[i].Number(byUid);
        return numbers;
    }

    public static ulong? Highest(List<Found> found) => found.Count == 0 ? null : found.Max(f => f.Message.ModSeq);

    // RFC 5182 §2.1: MIN and MAX alone save only what they return.
    private static uint[] Saved(SearchReturn asked, List<Found> found) =>
        [.. (IsOnlyEnds(asked) ? Ends(asked, found) : found).Select(f => f.Message.Uid).Order()];

    private static bool IsOnlyEnds(SearchReturn asked) =>
        (asked & (SearchReturn.Min | SearchReturn.Max)) != 0 && (asked & (SearchReturn.All | SearchReturn.Count)) == 0;

    private static List<Found> Ends(SearchReturn asked, List<Found> found)
    {
        if (found.Count == 0)
            return found;
        var ends = new List<Found>(2);
        if (asked.HasFlag(SearchReturn.Min))
            ends.Add(found[0]);
        if (asked.HasFlag(SearchReturn.Max) && (found.Count > 1 || ends.Count == 0))
            ends.Add(found[^1]);
        return ends;
    }
}
