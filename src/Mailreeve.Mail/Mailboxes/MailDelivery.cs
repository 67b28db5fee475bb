using System.Buffers;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Imap;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>Puts messages into mailboxes. UIDs are reserved, then one durable write makes the delivery, for all recipients; then it is seen.</summary>
/// <param name="grains">Finds the owners.</param>
/// <param name="board">The mailboxes in use.</param>
/// <param name="views">Which mailboxes there are.</param>
/// <param name="capacity">What may lie in a mailbox.</param>
/// <param name="segments">Where messages lie.</param>
/// <param name="clock">What time it is.</param>
public sealed class MailDelivery(
    IGrainFactory grains, MailboxBoard board, LiveViews views, MailboxCapacity capacity, SegmentStore segments, IClock clock)
{
    /// <summary>Adds to the facts about a recipient what the mailboxes say.</summary>
    public async ValueTask<RecipientFacts> KnowAsync(RecipientFacts facts)
    {
        var directory = views.Mailboxes;
        var domain = directory.FindDomain(facts.To.Domain);
        var found = directory.FindForDelivery(facts.To.LocalPart, facts.To.Domain);
        var rest = found is null && domain?.CatchAll is { } id ? directory.Find(id) : null;
        return facts with
        {
            IsCustomerDomain = domain is not null,
            Mailbox = found is null ? null : await FactAsync(found),
            CatchAll = rest is null ? null : await FactAsync(rest),
        };
    }

    /// <summary>What the user of a mailbox wants to be done with mail that looks like spam.</summary>
    public SpamChoice SpamChoiceOf(MailboxId mailbox) => views.Mailboxes.Find(mailbox)?.Spam ?? SpamChoice.Junk;

    /// <summary>Delivers a message into INBOX of all of some mailboxes, each named once, or to none of them.</summary>
    public Task<bool> DeliverToAllAsync(ReadOnlySequence<byte> message, string from, IReadOnlyList<MailboxId> to) =>
        DeliverToAllAsync(message, from, [.. to.Select(mailbox => new Addressee(mailbox))]);

    /// <summary>Delivers a message to all of some mailboxes, or to none of them.</summary>
    /// <param name="message">Its octets, with CRLF; not to be changed until the task is done.</param>
    /// <param name="from">Envelope sender; empty for the null sender.</param>
    /// <param name="addressees">The mailboxes, each once, and into which folder of it.</param>
    /// <returns><see langword="false"/> when one of them has no room: nobody has it.</returns>
    /// <exception cref="IOException">It could not be made durable; nobody has it.</exception>
    public async Task<bool> DeliverToAllAsync(ReadOnlySequence<byte> message, string from, IReadOnlyList<Addressee> addressees)
    {
        var to = addressees.Select(a => a.Mailbox).ToList();
        var reserved = await ReserveAsync(message.Length, addressees);
        if (Array.TrueForAll(reserved, r => r.Outcome == ReserveOutcome.Reserved))
        {
            await MakeDurableAsync(HeadOf(from, to, reserved), message);
            return true;
        }

        await AbandonAsync(to, reserved);
        return false;
    }

    /// <summary>Delivers a message to those of some mailboxes that have room, as LMTP does.</summary>
    /// <returns>For each mailbox whether it has the message, durably.</returns>
    /// <exception cref="IOException">It could not be made durable; nobody has it.</exception>
    public async Task<IReadOnlyList<ReserveOutcome>> DeliverToEachAsync(ReadOnlySequence<byte> message, string from, IReadOnlyList<MailboxId> to)
    {
        var reserved = await ReserveAsync(message.Length, [.. to.Select(mailbox => new Addressee(mailbox))]);
        var head = HeadOf(from, to, reserved);
        if (head.Deliveries.Count > 0)
            await MakeDurableAsync(head, message);
        return Array.ConvertAll(reserved, r => r.Outcome);
    }

    /// <summary>Puts one message into a folder, as APPEND does.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="reserved">The UID that was reserved for it.</param>
    /// <param name="message">Its octets.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="keywords">Keywords, separated by spaces.</param>
    /// <param name="internalDate">INTERNALDATE; null for now.</param>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public Task AppendAsync(
        MailboxId mailbox, Reservation reserved, ReadOnlySequence<byte> message, SystemFlags flags, string keywords, Instant? internalDate)
    {
        var now = clock.GetCurrentInstant();
        return MakeDurableAsync(new RecordHead
        {
            SavedAt = now,
            InternalDate = internalDate ?? now,
            EnvelopeFrom = "",
            Deliveries = [new Delivery(mailbox, reserved.Folder, reserved.FirstUid, reserved.FirstModSeq, (long)flags, keywords)],
        }, message);
    }

    private async Task<Reservation[]> ReserveAsync(long size, IReadOnlyList<Addressee> to)
    {
        var reserved = new Reservation[to.Count];
        var count = 0;
        try
        {
            for (; count < to.Count; count++)
                reserved[count] = await ReserveAsync(size, to[count]);
        }
        catch
        {
            // The owner of one cannot come up. The others must not wait for this message for ever, and show none behind it.
            await AbandonAsync([.. to.Select(a => a.Mailbox)], reserved.AsMemory(0, count));
            throw;
        }

        return reserved;
    }

    private async Task<Reservation> ReserveAsync(long size, Addressee to)
    {
        var owner = OwnerOf(to.Mailbox);
        if (to.IntoJunk && await FindJunkAsync(to.Mailbox, owner) is { } junk
            && await owner.ReserveAsync(junk, new[] { size }) is { Outcome: not ReserveOutcome.NoFolder } reserved)
            return reserved;
        return await owner.ReserveAsync(null, new[] { size });
    }

    // The user may have deleted it, or a program have called another folder by its name; then it is made, or the mail goes into INBOX.
    private async Task<FolderId?> FindJunkAsync(MailboxId mailbox, IMailboxGrain owner)
    {
        if (board.Find(mailbox) is null)
            await owner.OpenAsync();
        if (JunkOf(mailbox) is { } junk)
            return junk;
        await owner.CreateFolderAsync("Junk", SpecialUse.Junk);
        return JunkOf(mailbox);
    }

    private FolderId? JunkOf(MailboxId mailbox) =>
        board.Find(mailbox)?.Folders.Values.FirstOrDefault(f => (f.Use & SpecialUse.Junk) != 0)?.Id;

    private async Task AbandonAsync(List<MailboxId> to, ReadOnlyMemory<Reservation> reserved)
    {
        for (var i = 0; i < reserved.Length; i++)
        {
            var (outcome, folder, uid) = (reserved.Span[i].Outcome, reserved.Span[i].Folder, reserved.Span[i].FirstUid);
            if (outcome == ReserveOutcome.Reserved)
                await OwnerOf(to[i]).AbandonAsync(folder, uid, 1);
        }
    }

    private RecordHead HeadOf(string from, IReadOnlyList<MailboxId> to, Reservation[] reserved)
    {
        var now = clock.GetCurrentInstant();
        var deliveries = new List<Delivery>(to.Count);
        for (var i = 0; i < to.Count; i++)
        {
            var r = reserved[i];
            if (r.Outcome == ReserveOutcome.Reserved)
                deliveries.Add(new Delivery(to[i], r.Folder, r.FirstUid, r.FirstModSeq, 0, ""));
        }

        return new RecordHead { SavedAt = now, InternalDate = now, EnvelopeFrom = from, Deliveries = deliveries };
    }

    private async Task MakeDurableAsync(RecordHead head, ReadOnlySequence<byte> message)
    {
        StoredRecord stored;
        try
        {
            // No token: what has come whole is kept even when the server is told to stop at this moment.
            stored = await segments.AppendAsync(head, message, CancellationToken.None);
        }
        catch
        {
            foreach (var delivery in head.Deliveries)
                await OwnerOf(delivery.Mailbox).AbandonAsync(delivery.Folder, delivery.Uid, 1);
            throw;
        }

        var body = new MessageBody(stored.Message, head.SavedAt, head.InternalDate);
        await Task.WhenAll(head.Deliveries.Select(d => PublishAsync(d, body)));
    }

    private async Task PublishAsync(Delivery d, MessageBody body)
    {
        try
        {
            await OwnerOf(d.Mailbox).PublishAsync(d.Folder, new[] { new StoredMessage(d.Uid, d.ModSeq, (SystemFlags)d.Flags, d.Keywords, body) });
        }
        catch (Exception)
        {
            // It is durable, whoever knows of it by now: to refuse it would bring it a second time. The next owner finds its row.
        }
    }

    private async ValueTask<MailboxFact> FactAsync(MailboxEntry entry)
    {
        var view = board.Find(entry.Id);
        if (view is null)
        {
            await OwnerOf(entry.Id).OpenAsync();
            view = board.Find(entry.Id);
        }

        return new MailboxFact(entry.Id, entry.State, view is null ? 0 : capacity.BytesOf(entry.Id) - view.UsedBytes)
        {
            BlockedUnder = views.ServiceBlocks.Of(entry.Id, clock.GetCurrentInstant())?.Clause,
        };
    }

    private IMailboxGrain OwnerOf(MailboxId mailbox) => grains.GetGrain<IMailboxGrain>(mailbox.Value);
}
