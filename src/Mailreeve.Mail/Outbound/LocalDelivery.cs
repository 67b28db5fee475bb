using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>Delivers what the queue has for our own domains and those of customers: no server is dialled, and the same rules hold as on port 25.</summary>
/// <param name="mailboxes">The mailboxes.</param>
/// <param name="intake">Takes what is for a role.</param>
/// <param name="own">Our own domains.</param>
/// <param name="views">The domains of customers.</param>
/// <param name="db">Knows who handed a message in.</param>
/// <param name="hostName">Our name.</param>
/// <param name="clock">What time it is.</param>
public sealed class LocalDelivery(
    MailDelivery mailboxes, MailIntake intake, OwnDomains own, LiveViews views, Database db, string hostName, IClock clock)
{
    /// <summary>Where relay tests come back; null where none are made.</summary>
    public RelayCollector? Collector { get; init; }

    /// <summary>Where someone who is blocked finds the way out.</summary>
    public string WhereToTurn { get; init; } = $"postmaster@{own.First}";

    private static readonly Address Loopback = Address.Parse("127.0.0.1");

    /// <summary>Whether mail for this domain stays here.</summary>
    public bool Takes(string domain) => own.Contains(domain) || views.Mailboxes.FindDomain(domain) is not null || Collector?.Takes(domain) == true;

    /// <summary>Delivers a message.</summary>
    /// <returns>The outcome for each recipient, in their order.</returns>
    internal async Task<DeliveryOutcome[]> DeliverAsync(Parcel parcel, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"Return-Path: <{parcel.From}>\r\n"), .. content.Span];
        var outcomes = new DeliveryOutcome[parcel.Rows.Count];
        var boxes = new List<(int Index, MailboxId Mailbox)>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (Mailbox.ParseOrNull(parcel.Rows[i].Recipient) is not { } to)
            {
                outcomes[i] = new DeliveryOutcome.Refused("553 5.1.3 The recipient is no address");
                continue;
            }

            var facts = await mailboxes.KnowAsync(new RecipientFacts(to, own)
            {
                SizeBytes = message.Length,
                Collector = Collector?.Find(to) ?? CollectorFinding.Elsewhere,
                IsOurLetter = !parcel.Rows[i].IsCustomers,
            });
            switch (RecipientRules.Decide(facts))
            {
                case RecipientVerdict.Refuse refusal:
                    outcomes[i] = Refusal(refusal);
                    break;
                case RecipientVerdict.Accept(MailRoute.ToMailbox(var mailbox)):
                    boxes.Add((i, mailbox));
                    break;
                case RecipientVerdict.Accept(var route):
                    outcomes[i] = await HandOverAsync(parcel.Rows[i], new AcceptedRecipient(to, route), message, stop);
                    break;
            }
        }

        if (boxes.Count > 0)
            await DeliverAsync(parcel.From, message, boxes, outcomes);
        return outcomes;
    }

    // One durable write for all of them; a mailbox that is meant twice, by an alias perhaps, gets it once.
    private async Task DeliverAsync(string from, byte[] message, List<(int Index, MailboxId Mailbox)> boxes, DeliveryOutcome[] outcomes)
    {
        var to = boxes.Select(b => b.Mailbox).Distinct().ToList();
        try
        {
            var reserved = await mailboxes.DeliverToEachAsync(new ReadOnlySequence<byte>(message), from, to);
            foreach (var (index, mailbox) in boxes)
            {
                outcomes[index] = reserved[to.IndexOf(mailbox)] switch
                {
                    ReserveOutcome.Reserved => new DeliveryOutcome.Accepted("250 2.1.5 It lies in the mailbox"),
                    ReserveOutcome.OverQuota => Later(Reply.C452MailboxFull),
                    _ => Later(Reply.C451LocalError),
                };
            }
        }
        catch (IOException)
        {
            // Nobody has it, and the disk may be better later.
            foreach (var (index, _) in boxes)
                outcomes[index] = Later(Reply.C451NotStored);
        }
    }

    private async Task<DeliveryOutcome> HandOverAsync(DueOutbound row, AcceptedRecipient recipient, byte[] message, CancellationToken stop)
    {
        var origin = row.SubmissionId is { } submission
            ? await db.ReadAsync(session => new QueueStore(session).OriginAsync(submission, stop), stop)
            : null;
        var reference = await intake.KeepAsync(
            new ReceivedMessage
            {
                ReceivedAt = clock.GetCurrentInstant(),
                From = Mailbox.ParseOrNull(row.EnvelopeFrom),
                Recipients = [recipient],
                Client = origin?.ClientAddress ?? Loopback,
                Helo = origin?.Helo ?? hostName,
                Tls = origin?.Tls,
                Raw = message,
                Sha256 = SHA256.HashData(message),
            },
            stop);
        return new DeliveryOutcome.Accepted($"250 2.1.5 Kept as {reference}");
    }

    private DeliveryOutcome Refusal(RecipientVerdict.Refuse refused) => refused.Reason switch
    {
        RefusalReason.NoSuchUser => Never(Reply.C550NoSuchUser),
        RefusalReason.MailboxFull => Later(Reply.C452MailboxFull),
        RefusalReason.Suspended => Later(Reply.C450MailboxSuspended),
        RefusalReason.Blocked => Never(Reply.C550MailboxBlocked($"{refused.Clause}", WhereToTurn)),
        RefusalReason.Inactive => Never(Reply.C550MailboxInactive),
        _ => Never(Reply.C550RelayDenied),
    };

    private static DeliveryOutcome.TryLater Later(Reply reply) => new($"{reply.Code} {reply.Enhanced} {reply.Text}");

    private static DeliveryOutcome.Refused Never(Reply reply) => new($"{reply.Code} {reply.Enhanced} {reply.Text}");
}
