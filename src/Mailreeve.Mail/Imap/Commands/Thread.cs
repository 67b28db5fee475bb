using System.Text;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>THREAD and UID THREAD: a search whose result is grouped into conversations (RFC 5256 §3).</summary>
internal static class Thread
{
    private static readonly ImapReply Done = ImapReply.Ok("Threaded");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Thread command)
    {
        if (await FolderNews.ArrivalsAsync(session) is not { } folder)
            return Replies.NoSuchFolder;
        if (Search.AsksModSeq(command.Key))
            session.EnableCondStore(folder);
        var found = await FolderSearch.RunWithSummariesAsync(session, folder, command.Key);
        var messages = found.ConvertAll(f => ThreadedBy(f, command.ByUid));
        var threads = command.Algorithm == ThreadAlgorithm.References ? ThreadTree.References(messages) : ThreadTree.OrderedSubject(messages);
        session.Writer.Text(threads.Count == 0 ? "* THREAD"u8 : "* THREAD "u8).Ascii(ThreadTree.Write(threads)).End();
        return Done;
    }

    private static ThreadMessage ThreadedBy(Found found, bool byUid)
    {
        var summary = found.Message.Body.Summary!;
        return new ThreadMessage(
            found.Number(byUid), Sort.SentAt(found), Encoding.UTF8.GetString(summary.BaseSubject.Span), summary.IsReplyOrForward,
            summary.MessageId, summary.References);
    }
}
