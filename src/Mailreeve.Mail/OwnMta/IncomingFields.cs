using System.Buffers;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.OwnMta;

/// <summary>Says what was found about mail from outside that another mail server takes: <c>Authentication-Results</c> (RFC 8601). What becomes of it is that server's affair.</summary>
/// <param name="checks">The checks.</param>
public sealed class IncomingFields(InboundChecks checks)
{
    /// <summary>The fields to put in front of a message.</summary>
    /// <param name="message">What is known of it.</param>
    /// <param name="content">Its octets, with CRLF.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>Fields, each with its CRLF; none for what is not checked.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> OfAsync(MilterMessage message, ReadOnlySequence<byte> content, CancellationToken stop)
    {
        if (message.Client is not { } client)
            return default;
        stop.ThrowIfCancellationRequested();
        List<AcceptedRecipient> to = [.. message.Recipients.Select(Mailbox.ParseOrNull).OfType<Mailbox>().Select(m => new AcceptedRecipient(m, new MailRoute.Outgoing()))];
        var sender = message.From.Length == 0 ? null : Mailbox.ParseOrNull(message.From);
        return await checks.JudgeAsync(client, message.Helo, sender, content, to, "milter") is { } found ? found.Header : default(ReadOnlyMemory<byte>);
    }
}
