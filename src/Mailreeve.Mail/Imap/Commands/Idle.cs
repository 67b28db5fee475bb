using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>IDLE: tells what happens when it happens, up to DONE (RFC 2177 §3).</summary>
/// <remarks>While nothing happens it costs nothing: no timer, no buffer; the board wakes the read that waits for DONE.</remarks>
internal static class Idle
{
    private static readonly ImapReply Done = ImapReply.Ok("That was all");
    private static readonly ImapReply NotDone = ImapReply.Bad("DONE was expected");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session)
    {
        session.Writer.Continue("Waiting for DONE"u8);
        FolderNews.RepeatArrivals(session);
        using var watch = session.Selected is null ? null : session.Parts.Board.WatchFor(session.Account!.Mailbox, session.Wire.Wake);
        while (true)
        {
            // Before the first wait, too: what happened before the watch began has woken nobody.
            if (session.Selected is { } selected)
            {
                if (!await FolderNews.TellAsync(session, News.All, withUid: false))
                    return Done;
                selected.ToldInPassing = false;
            }

            switch (await session.NextAsync(plainLine: true, idle: true))
            {
                case ImapSession.Waited.Frame:
                    return session.Frame == ImapFrame.Command && ImapParser.IsDone(session.Framer.Text) ? Done : NotDone;
                case ImapSession.Waited.HungUp:
                    throw new EndOfStreamException("The client hung up within IDLE.");
                case ImapSession.Waited.Woken:
                    break;
                case var waited:
                    session.Bye(waited);
                    return null;
            }
        }
    }
}
