using System.Buffers;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Outbound;

/// <summary>An open conversation with one host, for one parcel after the other.</summary>
/// <param name="host">Its name.</param>
/// <param name="connection">The connection; closed with <see cref="QuitAsync"/>.</param>
internal sealed class Conversation(string host, SmtpClientConnection connection)
{
    public string Host => host;

    /// <summary>The class of customers whose address it comes from.</summary>
    public string? SourceClass { get; set; }

    /// <summary>Whether it goes to a blocked address, and only notices may.</summary>
    public bool IsToBlocked { get; set; }

    /// <summary>Whether the other side tells senders itself what becomes of a message (RFC 3461).</summary>
    public bool KnowsDsn => connection.Server.Dsn;

    /// <summary>Parcels that went over it.</summary>
    public int Messages { get; private set; }

    /// <summary>Whether another one may follow.</summary>
    public bool IsOpen => connection.IsUsable;

    /// <summary>Sends a parcel.</summary>
    /// <returns>The outcome for each recipient, in their order, and whether the host had hung up before it could hear of it.</returns>
    public async Task<(DeliveryOutcome[] Outcomes, bool Unheard)> SendAsync(Parcel parcel, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        Messages++;
        var outcomes = new DeliveryOutcome[parcel.Rows.Count];
        var sender = parcel.From.Length == 0 ? null : Mailbox.ParseOrNull(parcel.From);
        var recipients = new List<RcptCommand>(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (Mailbox.ParseOrNull(parcel.Rows[i].Recipient) is not { } to || (sender is null && parcel.From.Length > 0))
                outcomes[i] = new DeliveryOutcome.Refused("553 5.1.3 The sender or the recipient is no address");
            else
                recipients.Add(CommandFor(to, parcel.Rows[i]));
        }

        if (recipients.Count == 0)
            return (outcomes, false);
        var result = await connection.SendAsync(
            new Transmission
            {
                From = sender,
                Recipients = recipients,
                Content = new ReadOnlySequence<byte>(content),
                SmtpUtf8 = parcel.Requested.SmtpUtf8,
                ReturnFull = parcel.Requested.ReturnFull,
                EnvelopeId = parcel.Requested.EnvelopeId,
            },
            stop);
        var next = 0;
        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] ??= result.Outcomes[next++];
        return (outcomes, result.Unheard);
    }

    /// <summary>Says good-bye and closes the connection.</summary>
    public ValueTask QuitAsync(CancellationToken stop) => connection.QuitAsync(stop);

    private static RcptCommand CommandFor(Mailbox to, DueOutbound row)
    {
        if (row.Options is null)
            return new RcptCommand { To = to };
        var requested = OutboundRequest.Read(row.Options);
        return new RcptCommand { To = to, Notify = requested.Notify, OriginalRecipient = requested.OriginalRecipient };
    }
}
