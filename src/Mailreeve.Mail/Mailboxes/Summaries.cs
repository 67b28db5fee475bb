using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>Finds the summaries of messages: those that were made at delivery, and makes those that are missing.</summary>
public sealed class Summaries(Database db, SegmentStore segments)
{
    /// <summary>Fills <see cref="MessageBody.Summary"/> of the messages from one UID to another, both included.</summary>
    /// <exception cref="IOException">A message cannot be read.</exception>
    public async ValueTask LoadAsync(FolderView folder, uint first, uint last)
    {
        if (!IsMissing(folder, first, last))
            return;
        var rows = await db.ReadAsync(
            session => new MessageStore(session).SummariesAsync(folder.Id, first, last, CancellationToken.None), CancellationToken.None);
        foreach (var row in rows)
        {
            if (row.Summary is { } bytes && folder.Messages.Find((uint)row.Uid) is { Body: { Summary: null } body })
                body.Summary = MessageSummary.FromBytes(bytes);
        }

        Make(folder, first, last);
    }

    private static bool IsMissing(FolderView folder, uint first, uint last)
    {
        foreach (var message in folder.Messages.Span)
        {
            if (message.Uid >= first && message.Uid <= last && message.Body.Summary is null)
                return true;
        }

        return false;
    }

    // Of messages whose rows are still to come, or whose summaries an older version of the program made.
    private void Make(FolderView folder, uint first, uint last)
    {
        foreach (var message in folder.Messages.Span)
        {
            if (message.Uid < first || message.Uid > last || message.Body.Summary is not null)
                continue;
            var octets = new byte[message.Body.Length];
            segments.Read(message.Body.Place, 0, octets);
            message.Body.Summary = MessageSummary.Of(octets);
        }
    }
}
