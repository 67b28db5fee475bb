using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208 §4.1; RFC 2087). One root, with no name, is over all folders.</summary>
internal static class Quota
{
    private const string Root = "";

    private static readonly ImapReply Done = ImapReply.Ok("That is all");
    private static readonly ImapReply NoSuchRoot = ImapReply.No("There is no such quota root", ResponseCode.NonExistent);
    private static readonly ImapReply CannotSet = ImapReply.No("More room is not had this way", ResponseCode.NoPerm);

    public static async ValueTask<ImapReply?> GetAsync(ImapSession session, ImapCommand.GetQuota command)
    {
        if (command.Root != Root)
            return NoSuchRoot;
        Write(session, await session.ViewAsync());
        return Done;
    }

    public static async ValueTask<ImapReply?> GetRootAsync(ImapSession session, ImapCommand.GetQuotaRoot command)
    {
        var view = await session.ViewAsync();
        if (FolderNames.Normalized(command.Mailbox) is not { } name || !view.Folders.ContainsKey(name))
            return Replies.NoSuchFolder;
        session.Writer.QuotaRoot(name, Root);
        Write(session, view);
        return Done;
    }

    public static ImapReply Set() => CannotSet;

    private static void Write(ImapSession session, MailboxView view) => 
        session.Writer.Quota(Root, view.UsedBytes, session.Parts.Capacity.BytesOf(view.Id));
}
