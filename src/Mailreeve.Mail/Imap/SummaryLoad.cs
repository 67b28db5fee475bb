using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Mail.Imap;

/// <summary>Sees to it that messages have their summaries before a command looks at them one after the other.</summary>
internal static class SummaryLoad
{
    /// <summary>Loads the summaries from one UID to another. A message that cannot be read stays without, and is no reason to fail for the others.</summary>
    public static async ValueTask LoadAsync(ImapSession session, FolderView folder, uint first, uint last)
    {
        try
        {
            await session.Parts.Summaries.LoadAsync(folder, first, last);
        }
        catch (IOException)
        {
            MakeEach(session, folder, first, last);
        }
    }

    private static void MakeEach(ImapSession session, FolderView folder, uint first, uint last)
    {
        using var reader = new MessageReader(session.Parts.Segments);
        foreach (var message in folder.Messages.Span)
        {
            if (message.Uid < first || message.Uid > last || message.Body.Summary is not null)
                continue;
            try
            {
                message.Body.Summary = MessageSummary.Of(reader.Read(message.Body, 0, message.Body.Length));
            }
            catch (IOException e)
            {
                session.Log.ImapMessageUnreadable(e, session.Id, $"{message.Body.Place}");
            }
        }
    }
}
