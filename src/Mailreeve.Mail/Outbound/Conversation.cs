using System.Buffers;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Outbound;

/// <summary>An open conversation with one host, for one message after the other.</summary>
internal sealed class Conversation(string host, SmtpClientConnection connection) : IDisposable
{
    public string Host => host;

    /// <summary>Whether the other side tells senders itself what becomes of a message (RFC 3461).</summary>
    public bool KnowsDsn => connection.Server.Dsn;

    /// <summary>The class of customers whose address it comes from.</summary>
    public string? SourceClass { get; set; }

    /// <summary>Whether it goes to a blocked address, and only notices may.</summary>
    public bool IsToBlocked { get; set; }

    /// <summary>Messages that went over it.</summary>
    public int Messages { get; private set; }

    /// <summary>Whether another message may follow.</summary>
    public bool IsOpen => connection.IsUsable;

    /// <summary>Sends a message, octet for octet.</summary>
    /// <returns>The outcome for each recipient, in their order.</returns>
    public async Task<DeliveryOutcome[]> SendAsync(Parcel parcel, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        Messages++;
        var from = parcel.From.Length == 0 ? null : Mailbox.ParseOrNull(parcel.From);
        var recipients = new List<RcptCommand>(parcel.Rows.Count);
        foreach (var row in parcel.Rows)
        {
            if (Mailbox.ParseOrNull(row.Recipient) is not { } to || (from is null && parcel.From.Length > 0))
                return [.. parcel.Rows.Select(_ => new DeliveryOutcome.Refused("553 5.1.3 The sender or a recipient is no address"))];
            var requested = OutboundRequest.Read(row.Options);
            recipients.Add(new RcptCommand { To = to, Notify = requested.Notify, OriginalRecipient = requested.OriginalRecipient });
        }

        var result = await connection.SendAsync(
            new Transmission
            {
                From = from,
                Recipients = recipients,
                Content = new ReadOnlySequence<byte>(content),
                SmtpUtf8 = parcel.Requested.SmtpUtf8,
                Return = parcel.Requested.ReturnFull ? DsnReturn.Full : DsnReturn.Unsaid,
                EnvelopeId = parcel.Requested.EnvelopeId,
            },
            stop);
        return [.. result.Outcomes];
    }

    /// <summary>Says good-bye. The messages are theirs; what happens to the good-bye does not matter.</summary>
    public async Task QuitAsync(CancellationToken stop) => await connection.QuitAsync(stop);

    public void Dispose() => connection.Dispose();
}
