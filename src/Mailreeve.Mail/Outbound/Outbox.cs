using Mailreeve.Storage;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Outbound;

/// <summary>Takes customers' messages into the queue. What has been put is on disk, and is sent or its sender hears why not.</summary>
/// <param name="db">The database.</param>
/// <param name="segments">Where messages lie.</param>
public sealed class Outbox(Database db, QueueSegments segments)
{
    /// <summary>Makes a message durable, then writes a row for each recipient together with what else the caller writes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="alsoWrite">Writes the caller's own rows, in the same transaction; it may be run again after a conflict.</param>
    /// <param name="stop">Has an effect only before anything is written.</param>
    /// <exception cref="IOException">It could not be made durable: nothing has been taken.</exception>
    /// <exception cref="ArgumentException">It has no recipient.</exception>
    /// <remarks>A crash between the two writes leaves octets that no row leads to. They go with their segment.</remarks>
    public async Task PutAsync(OutgoingMessage message, Func<DbSession, Task> alsoWrite, CancellationToken stop)
    {
        if (message.Recipients.Count == 0)
            throw new ArgumentException("A message needs a recipient.", nameof(message));
        stop.ThrowIfCancellationRequested();
        var place = await segments.PutAsync($"{message.EnvelopeFrom}", message.At, message.Content);
        await db.WriteAsync(async session =>
        {
            await alsoWrite(session);
            var id = await session.NextIdsAsync("outbound", message.Recipients.Count, CancellationToken.None);
            var rows = new List<NewOutbound>(message.Recipients.Count);
            foreach (var recipient in message.Recipients)
                rows.Add(RowOf(id++, message, recipient) with { Place = place });
            await new OutboundStore(session).AddAsync(rows, CancellationToken.None);
        }, CancellationToken.None);
    }

    private static NewOutbound RowOf(long id, OutgoingMessage message, OutgoingRecipient recipient) => new()
    {
        Id = id,
        Purpose = OutboundPurpose.Submission,
        SubjectId = message.SubmissionId,
        SubmissionId = message.SubmissionId,
        EnvelopeFrom = $"{message.EnvelopeFrom}",
        Recipient = $"{recipient.To}",
        Requested = new OutboundRequest
        {
            Notify = recipient.Notify,
            OriginalRecipient = recipient.Original,
            EnvelopeId = message.EnvelopeId,
            ReturnFull = message.ReturnFull,
            EightBit = message.EightBit,
            SmtpUtf8 = message.SmtpUtf8,
        },
        HoldId = message.HoldId,
        SourceClass = message.SourceClass,
        CreatedAt = message.At,
    };
}
