using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>APPEND: puts a message into a folder (RFC 3501 §6.3.11); it is on disk before the answer, which has its UID (RFC 4315 §3).</summary>
internal static class Append
{
    private static readonly ImapReply TooBig = ImapReply.No("The message is larger than any may be", ResponseCode.TooBig);
    private static readonly ImapReply Empty = ImapReply.No("There was no message");
    private static readonly ImapReply HasNul = ImapReply.Bad("There is a NUL in the message");
    private static readonly ImapReply Malformed = ImapReply.Bad("Something stands behind the message");
    private static readonly ImapReply OnlyOne = ImapReply.Bad("One message at a time");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Append command)
    {
        // Judged before it is sent: a client that waits keeps it (RFC 7888 §4).
        var view = await session.ViewAsync();
        var folder = FolderNames.Normalized(command.Mailbox) is { } name ? view.Folders.GetValueOrDefault(name) : null;
        if (folder is null)
            return session.Refuse(Replies.TryCreate);
        if (command.Message.SizeBytes > session.Limits.AppendBytesMax)
            return session.Refuse(TooBig);
        if (command.Message.SizeBytes > session.Parts.Capacity.BytesOf(view.Id) - view.UsedBytes)
            return session.Refuse(Replies.OverQuota);

        if (folder.Keywords.Union(command.Message.Flags.Keywords, StringComparer.OrdinalIgnoreCase).Count() > MailboxGrain.KeywordsMax)
            return session.Refuse(Replies.TooManyKeywords);

        var waits = session.Framer.LiteralWaits;
        session.Framer.Stream();
        if (waits)
            session.Writer.Continue("Send the message"u8);
        using var message = new MessageBuffer();
        var intake = new AppendIntake(message);
        await ReadAsync(session, intake);
        if (await EndAsync(session) is { } refusal)
            return refusal;
        if (intake.HasNul)
            return HasNul;
        return intake.Length == 0 ? Empty : await KeepAsync(session, folder, command.Message, message);
    }

    private static async ValueTask ReadAsync(ImapSession session, AppendIntake intake)
    {
        while (true)
        {
            var result = await session.Wire.ReadAsync(session.Limits.DataTimeout);
            var buffer = result.Buffer;
            var isComplete = session.Framer.TakeLiteral(ref buffer, out var octets);
            foreach (var segment in octets)
                intake.Take(segment.Span);
            session.Wire.AdvanceTo(buffer.Start);
            if (isComplete)
                return;
            if (result.IsCompleted)
                throw new EndOfStreamException("The client hung up within a message: nothing was kept.");
            if (session.Wire.Overdue || session.Wire.Stopping)
                throw new IOException("The client was cut off within a message: nothing was kept.");
        }
    }

    // What follows the message has to be nothing.
    private static async ValueTask<ImapReply?> EndAsync(ImapSession session)
    {
        var waited = await session.NextAsync();
        if (waited != ImapSession.Waited.Frame)
            throw new EndOfStreamException("The client went before it had ended APPEND: nothing was kept.");
        if (session.Frame == ImapFrame.Literal)
            return session.Refuse(OnlyOne);
        if (session.Frame != ImapFrame.Command)
            return Malformed;
        return ImapParser.ParseAppendRest(session.Framer.Text, session.Limits.Syntax, out _) == AppendRest.End ? null : Malformed;
    }

    private static async ValueTask<ImapReply> KeepAsync(ImapSession session, FolderView folder, AppendMessage about, MessageBuffer message)
    {
        var (mailbox, owner) = session.Account!;
        var reserved = await owner.ReserveAsync(folder.Id, [message.Length]);
        if (reserved.Outcome != ReserveOutcome.Reserved)
            return reserved.Outcome == ReserveOutcome.OverQuota ? Replies.OverQuota : Replies.TryCreate;
        try
        {
            await session.Parts.Delivery.AppendAsync(
                mailbox, reserved, message.ToSequence(default), about.Flags.System & ~SystemFlags.Recent, string.Join(' ', about.Flags.Keywords), about.InternalDate);
        }
        catch (IOException e)
        {
            session.Log.ImapNotStored(e, session.Id);
            return Replies.Unavailable;
        }

        return ImapReply.Ok("Kept", new ResponseCode.AppendUid(reserved.UidValidity, [reserved.FirstUid]));
    }
}
