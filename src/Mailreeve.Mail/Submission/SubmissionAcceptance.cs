using System.Buffers;
using System.Globalization;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Submission;

/// <summary>The end of a customer's message: whose it is, whether it may go, and the one durable write before the 250.</summary>
internal static class SubmissionAcceptance
{
    // A hold that ends while a message comes under it is rare; twice in a row is an operator at play.
    private const int AttemptsMax = 3;

    public static async ValueTask<Reply> TakeAsync(SmtpSession session, SmtpTransaction transaction, ContentIntake content)
    {
        if (Acceptance.Refusal(content.Complete()) is { } refused)
            return refused;
        var octets = transaction.Message.ToSequence(default);
        var headerLength = HeaderLength(octets);
        var header = octets.Slice(0, headerLength).ToArray();
        if (TraceHeader.CountReceived(header) >= session.Limits.ReceivedLinesMax)
            return Reply.C554Loop;

        var read = SubmittedHeader.Read(header, session.Parts.HostName);
        if (HeaderRefusal(session, transaction.Submitter!, read) is { } wrong)
            return wrong;

        var reply = await InTurnAsync(new SubmittedMessage
        {
            Session = session,
            Transaction = transaction,
            Submitter = transaction.Submitter!,
            Header = read,
            HeaderOctets = header,
            BodyHash = BodyHasher.Of(octets.Slice(headerLength), Canonicalization.Relaxed),
        });
        return reply == Reply.C450SendingHeld ? await session.PutOffAsync(transaction.Submitter!, reply) : reply;
    }

    private static async ValueTask<Reply> InTurnAsync(SubmittedMessage message)
    {
        var door = message.Session.Parts.Submission!;
        await door.Sessions.TakeTurnAsync(message.Submitter, door.MessagesAtOnceOf(message.Submitter));
        try
        {
            return await DecideAsync(message);
        }
        catch (Exception e)
        {
            message.Session.Log.SmtpNotStored(e, message.Session.Id);
            return Reply.C451NotStored;
        }
        finally
        {
            door.Sessions.EndTurn(message.Submitter);
        }
    }

    private static async ValueTask<Reply> DecideAsync(SubmittedMessage message)
    {
        var door = message.Session.Parts.Submission!;
        var owner = door.OwnerOf(message.Submitter);
        var request = await RequestOfAsync(door, message);
        for (var attempt = 1; ; attempt++)
        {
            var admission = await owner.AdmitAsync(request);
            if (admission.Outcome == AdmissionOutcome.Deferred)
                return Reply.C450SendingHeld;
            try
            {
                var reply = await PutAsync(door, message, admission);
                door.Sessions.Forgive(message.Submitter);
                return reply;
            }
            catch (HoldEndedException) when (attempt < AttemptsMax)
            {
                await owner.WithdrawAsync(admission);
            }
            catch
            {
                await owner.WithdrawAsync(admission);
                throw;
            }
        }
    }

    private static async ValueTask<SendingRequest> RequestOfAsync(SubmissionDoor door, SubmittedMessage message)
    {
        var recipients = message.Transaction.Recipients;
        long without = recipients.Count;
        if (message.Header.ListId is { } list)
        {
            string[] addresses = [.. recipients.Select(r => $"{r.Mailbox}".ToLowerInvariant()).Distinct()];
            without = addresses.Length - await door.Database.ReadAsync(
                db => new PermissionStore(db).CountAsync(message.Submitter.Customer, list, addresses, CancellationToken.None), CancellationToken.None);
        }

        return new SendingRequest
        {
            Recipients = recipients.ConvertAll(r => door.Recipients.Of(r.Mailbox)),
            BodyHash = message.BodyHash,
            ListId = message.Header.ListId,
            WithoutPermission = without,
        };
    }

    private static async ValueTask<Reply> PutAsync(SubmissionDoor door, SubmittedMessage message, Admission admission)
    {
        var (session, transaction) = (message.Session, message.Transaction);
        var id = await door.Ids.TakeAsync();
        var header = HeaderOf(message, id, admission.At);
        var skip = message.HeaderOctets.Length;
        var signed = door.Signer.HeadersFor(FactsOf(message, id, admission.At), transaction.Message.ToSequence(header, skip));
        var name = signed.TraceId;
        byte[] prefix = [.. signed.Lines, .. Acceptance.TraceOf(session, transaction, name, admission.At).ToBytes(), .. header];
        var outgoing = new OutgoingMessage
        {
            SubmissionId = id,
            At = admission.At,
            EnvelopeFrom = transaction.Mail.From,
            Recipients = transaction.Recipients.ConvertAll(r => new OutgoingRecipient(r.Mailbox, r.Notify, r.Original)),
            Content = transaction.Message.ToSequence(prefix, skip),
            HoldId = admission.Hold == 0 ? null : admission.Hold,
            SourceClass = door.Views.Directory.SourceClassOf(message.Submitter.Customer),
            EnvelopeId = transaction.Mail.EnvelopeId,
            ReturnFull = transaction.Mail.ReturnFull,
            EightBit = transaction.Mail.EightBit,
            SmtpUtf8 = transaction.Mail.SmtpUtf8,
        };
        var row = RowOf(message, id, signed, outgoing.Content.Length, admission);
        var sender = SenderName.Of(message.Submitter.Customer, message.Submitter.Mailbox);
        // No token: a message that has come whole is kept even when the server is told to stop at this moment.
        await door.Outbox.PutAsync(outgoing, db => WriteAsync(db, row, admission, sender), CancellationToken.None);

        if (admission.Outcome == AdmissionOutcome.Held)
        {
            session.Log.SubmissionHeld(session.Id, sender, row.Size, outgoing.Recipients.Count, name, admission.Hold);
            return Reply.C250Held(name);
        }

        session.Log.SubmissionTaken(session.Id, sender, row.Size, outgoing.Recipients.Count, name);
        return Reply.C250Accepted(name);
    }

    private static async Task WriteAsync(DbSession db, NewSubmission row, Admission admission, string sender)
    {
        if (row.HoldId is { } hold && !await new SendingHoldStore(db).KeepOpenAsync(hold, CancellationToken.None))
            throw new HoldEndedException();
        await new SubmissionStore(db).AddAsync(row, CancellationToken.None);
        await new KnownRecipientStore(db).AddAsync(sender, admission.First, row.At, CancellationToken.None);
    }

    // The header as it goes out, without what we put in front of it.
    private static byte[] HeaderOf(SubmittedMessage message, long id, Instant at)
    {
        var header = new ArrayBufferWriter<byte>(message.HeaderOctets.Length + 256);
        var messageId = string.Create(
            CultureInfo.InvariantCulture, $"<{id}.{Convert.ToHexStringLower(message.BodyHash.AsSpan(0, 8))}@{message.Session.Parts.HostName}>");
        message.Header.Write(message.HeaderOctets, at, messageId, header);
        return header.WrittenSpan.ToArray();
    }

    private static SubmissionFacts FactsOf(SubmittedMessage message, long id, Instant at) => new()
    {
        Id = id,
        Customer = message.Submitter.Customer,
        Mailbox = message.Submitter.Mailbox,
        At = at,
        EnvelopeFrom = $"{message.Transaction.Mail.From}",
        Recipients = message.Transaction.Recipients.ConvertAll(r => $"{r.Mailbox}"),
        HeaderFromDomain = message.Header.Authors[0].Domain,
        ListId = message.Header.ListId,
        BodyHash = message.BodyHash,
    };

    private static NewSubmission RowOf(SubmittedMessage message, long id, SignedHeaders signed, long size, Admission admission)
    {
        var (session, transaction) = (message.Session, message.Transaction);
        return new NewSubmission
        {
            Id = id,
            At = admission.At,
            CustomerId = message.Submitter.Customer,
            MailboxId = message.Submitter.Mailbox,
            ClientAddress = session.Client,
            Helo = session.Helo!,
            Tls = session.Wire.Tls,
            EnvelopeFrom = $"{transaction.Mail.From}",
            HeaderFrom = $"{message.Header.Authors[0]}",
            MessageId = message.Header.MessageId,
            ListId = message.Header.ListId,
            Recipients = transaction.Recipients.Count,
            Size = size,
            TraceId = signed.TraceId,
            TraceKeyId = signed.TraceKeyId,
            EnvelopeHash = signed.EnvelopeHash,
            BodyHash = signed.BodyHash,
            HoldId = admission.Hold == 0 ? null : new HoldId(admission.Hold),
            Counted = admission.Counted,
            CountedFirst = admission.Counted == 0 ? 0 : admission.First.Count,
            Subject = admission.Hold == 0 ? "" : message.Header.Subject,
        };
    }

    private static Reply? HeaderRefusal(SmtpSession session, Submitter submitter, SubmittedHeader read)
    {
        switch (read.Problem)
        {
            case SubmittedHeaderProblem.NoFrom:
                return Reply.C550NoFrom;
            case SubmittedHeaderProblem.SeveralFroms:
                return Reply.C550SeveralFroms;
            case SubmittedHeaderProblem.BadAddress:
                return Reply.C550BadFrom;
            case SubmittedHeaderProblem.NoField:
                return Reply.C550BadHeader;
        }

        // A mailbox writes in its own name only. A customer's server also passes on what others have written, as a list does, and says so.
        var door = session.Parts.Submission!;
        var names = read.Authors.Concat(read.OtherSenders);
        if (submitter.Mailbox is null)
            return names.Any(n => door.IsTheirs(submitter, n)) ? null : Reply.C550NotYours($"{read.Authors[0]}");
        return names.FirstOrDefault(n => !door.IsTheirs(submitter, n)) is { } foreign ? Reply.C550NotYours($"{foreign}") : null;
    }

    // Up to and with the blank line; all of it when there is none.
    public static long HeaderLength(ReadOnlySequence<byte> octets)
    {
        var reader = new SequenceReader<byte>(octets);
        if (reader.IsNext("\r\n"u8, advancePast: true))
            return reader.Consumed;
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? reader.Consumed : octets.Length;
    }

    private sealed record SubmittedMessage
    {
        public required SmtpSession Session { get; init; }

        public required SmtpTransaction Transaction { get; init; }

        public required Submitter Submitter { get; init; }

        public required SubmittedHeader Header { get; init; }

        public required byte[] HeaderOctets { get; init; }

        public required byte[] BodyHash { get; init; }
    }
}
