using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>RENAME: gives a folder another name, and those below it (RFC 3501 §6.3.5).</summary>
internal static class Rename
{
    private static readonly ImapReply Done = ImapReply.Ok("Renamed");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Rename command) =>
        Replies.Of(await session.Account!.Owner.RenameFolderAsync(command.From, command.To), Done);
}
