using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>MOVE and UID MOVE (RFC 6851 §3). The session tells of the messages that are gone as of all news, behind COPYUID (§4.3).</summary>
internal static class Move
{
    private static readonly ImapReply Done = ImapReply.Ok("Moved");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Move command)
    {
        if (session.Selected!.ReadOnly)
            return Replies.ReadOnly;
        var (copied, refusal) = await Copy.CopyAsync(session, command.Messages, command.ByUid, command.Mailbox, move: true);
        if (refusal is not null)
            return refusal;
        if (copied!.From.Count > 0)
            session.Writer.Reply(ImapReply.Ok("Moved", Copy.CodeOf(copied)));
        return Done;
    }
}
