using System.Buffers;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Submission;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.OwnMta;

/// <summary>Signs customers' mail that another mail server sends, and notes it in the submission log: so it is traced like what they hand in here (C2).</summary>
/// <param name="ids">Gives submissions their ids.</param>
/// <param name="signer">Signs.</param>
/// <param name="database">The submission log.</param>
/// <param name="hostName">Our name in <c>Authentication-Results</c>.</param>
/// <param name="clock">What time it is.</param>
public sealed class OutgoingFields(SubmissionIds ids, OutgoingSigner signer, Database database, string hostName, IClock clock)
{
    /// <summary>The fields to put in front of a message. When this returns, the message is in the log.</summary>
    /// <param name="message">What is known of it.</param>
    /// <param name="content">Its octets, with CRLF.</param>
    /// <param name="stop">Stops it before anything is written.</param>
    /// <returns>Fields, each with its CRLF; none for what did not come over the network, or for a stranger.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> OfAsync(MilterMessage message, ReadOnlySequence<byte> content, CancellationToken stop)
    {
        if (message.Standing.Customer is not { } customer || message.Client is not { } client)
            return default;
        stop.ThrowIfCancellationRequested();
        var header = SubmittedHeader.Read(content.Slice(0, SubmissionAcceptance.HeaderLength(content)).ToArray(), hostName);
        var author = header.Authors.Count > 0 ? header.Authors[0] : null;
        var id = await ids.TakeAsync();
        // To the millisecond, as it is stored: the trace is bound to it.
        var at = Instant.FromUnixTimeMilliseconds(clock.GetCurrentInstant().ToUnixTimeMilliseconds());
        var signed = signer.HeadersFor(
            new SubmissionFacts
            {
                Id = id,
                Customer = customer,
                Mailbox = message.Standing.Mailbox,
                At = at,
                EnvelopeFrom = message.From,
                Recipients = message.Recipients,
                HeaderFromDomain = author?.Domain,
                ListId = header.ListId,
            },
            content);
        var row = new NewSubmission
        {
            Id = id,
            At = at,
            CustomerId = customer,
            MailboxId = message.Standing.Mailbox,
            ClientAddress = client,
            Helo = message.Helo,
            EnvelopeFrom = message.From,
            HeaderFrom = $"{author}",
            MessageId = header.MessageId,
            ListId = header.ListId,
            Recipients = message.Recipients.Count,
            Size = content.Length,
            TraceId = signed.TraceId,
            TraceKeyId = signed.TraceKeyId,
            EnvelopeHash = signed.EnvelopeHash,
            BodyHash = signed.BodyHash,
            Counted = message.Recipients.Count,
            CountedFirst = 0,
            Subject = header.Subject,
        };
        await database.WriteAsync(db => new SubmissionStore(db).AddAsync(row, CancellationToken.None), CancellationToken.None);
        return signed.Lines;
    }
}
