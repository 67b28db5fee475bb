using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>COPY and UID COPY: all of the messages, or none (RFC 3501 §6.4.7), and the UIDs they got (RFC 4315 §3).</summary>
internal static class Copy
{
    private static readonly ImapReply NothingToDo = ImapReply.Ok("There was nothing to copy");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Copy command)
    {
        var (copied, refusal) = await CopyAsync(session, command.Messages, command.ByUid, command.Mailbox, move: false);
        if (refusal is not null)
            return refusal;
        return copied!.From.Count == 0 ? NothingToDo : ImapReply.Ok("Copied", CodeOf(copied));
    }

    /// <summary>Copies or moves messages of the selected folder.</summary>
    /// <returns>What came of it, or the answer that refuses it.</returns>
    public static async ValueTask<(Copied? Copied, ImapReply? Refusal)> CopyAsync(
        ImapSession session, SequenceSet messages, bool byUid, string mailbox, bool move)
    {
        var selected = session.Selected!;
        if (!selected.TryResolve(messages, byUid, out var found))
            return (null, Replies.NoSuchMessage);
        var view = await session.ViewAsync();
        if (FolderNames.Normalized(mailbox) is not { } name || !view.Folders.TryGetValue(name, out var target))
            return (null, Replies.TryCreate);

        var uids = selected.UidsAt(found);
        if (!byUid && view.Find(selected.Id) is { } folder && !uids.TrueForAll(uid => folder.Messages.IndexOf(uid) >= 0))
            return (null, Replies.SomeExpunged);
        var copied = await session.Account!.Owner.CopyAsync(selected.Id, uids, target.Id, move);
        return copied.Outcome switch
        {
            ReserveOutcome.Reserved => (copied, null),
            ReserveOutcome.OverQuota => (null, Replies.OverQuota),
            _ => (null, Replies.TryCreate),
        };
    }

    /// <summary>COPYUID.</summary>
    public static ResponseCode CodeOf(Copied copied) => new ResponseCode.CopyUid(copied.UidValidity, [.. copied.From], [.. copied.To]);
}
