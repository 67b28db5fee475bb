using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>LSUB: which folders are subscribed to (RFC 3501 §6.3.9). One that only has such in it is told as <c>\Noselect</c>.</summary>
internal static class Lsub
{
    private static readonly ImapReply Done = ImapReply.Ok("That is all");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Lsub command)
    {
        var pattern = new FolderPattern(command.Reference, command.Pattern);
        var view = await session.ViewAsync();
        var hidden = List.ParentsOf(view.Folders.Values.Where(f => f.Subscribed && !pattern.Matches(f.Name)));
        foreach (var folder in List.InOrder(view))
        {
            if (!pattern.Matches(folder.Name) || (!folder.Subscribed && !hidden.Contains(folder.Name)))
                continue;
            session.Writer.Lsub(folder.Name, folder.Subscribed ? ListAttributes.None : ListAttributes.NoSelect);
            await session.FlushIfMuchAsync();
        }

        return Done;
    }
}
