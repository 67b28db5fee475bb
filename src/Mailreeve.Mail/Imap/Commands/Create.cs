using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>CREATE: makes a folder (RFC 3501 §6.3.3), for something special perhaps (RFC 6154 §3).</summary>
internal static class Create
{
    private static readonly ImapReply Done = ImapReply.Ok("Created");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Create command)
    {
        // A folder is for one thing at most, as far as we can keep it.
        if (!System.Numerics.BitOperations.IsPow2((int)command.Use) && command.Use != SpecialUse.None)
            return ImapReply.No("A folder can be for one thing only", ResponseCode.UseAttr);
        return Replies.Of(await session.Account!.Owner.CreateFolderAsync(command.Mailbox, command.Use), Done);
    }
}
