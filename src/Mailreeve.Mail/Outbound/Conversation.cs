using System.Net.Sockets;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Mailreeve.Mail.Outbound;

/// <summary>An open conversation with one host, for one message after the other.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly DataWatch watch = new();

    public Conversation(string host, OutboundOptions options)
    {
        Host = host;
        Client = new Sender(watch)
        {
            LocalDomain = options.HostName,
            Timeout = (int)options.ReplyTimeout.TotalMilliseconds,
            CheckCertificateRevocation = false,
        };
    }

    public string Host { get; }

    public SmtpClient Client { get; }

    /// <summary>Whether the other side tells senders itself what becomes of a message (RFC 3461).</summary>
    public bool KnowsDsn => Client.Capabilities.HasFlag(SmtpCapabilities.Dsn);

    /// <summary>The class of customers whose address it comes from.</summary>
    public string? SourceClass { get; set; }

    /// <summary>Whether it goes to a blocked address, and only notices may.</summary>
    public bool IsToBlocked { get; set; }

    /// <summary>Messages that went over it.</summary>
    public int Messages { get; private set; }

    /// <summary>Whether another message may follow.</summary>
    public bool IsOpen => Client.IsConnected;

    /// <summary>Sends a message.</summary>
    /// <returns>The outcome for each recipient, in their order.</returns>
    public async Task<DeliveryOutcome[]> SendAsync(Parcel parcel, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        var outcomes = new DeliveryOutcome?[parcel.Rows.Count];
        DeliveryOutcome rest;
        Messages++;
        watch.Begin();
        var sender = (Sender)Client;
        try
        {
            // Counted data cannot be watched for its dot, and binary mail is not what we send.
            Client.Capabilities &= ~(SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime);
            using var stream = new MemoryStream(content.ToArray(), writable: false);
            using var message = await MimeMessage.LoadAsync(stream, stop);
            sender.Begin(parcel);
            var reply = await Client.SendAsync(
                FormatOptions.Default, message, new MailboxAddress("", parcel.From), parcel.Rows.Select(r => new MailboxAddress("", r.Recipient)), stop);
            rest = new DeliveryOutcome.Accepted($"250 {reply}");
        }
        catch (SmtpCommandException e)
        {
            rest = (int)e.StatusCode >= 500 ? new DeliveryOutcome.Refused(Text(e)) : new DeliveryOutcome.TryLater(Text(e));
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or TimeoutException or OperationCanceledException)
        {
            rest = watch.DotSent
                ? new DeliveryOutcome.InDoubt($"The whole message was sent, and no answer came: {e.Message}")
                : new DeliveryOutcome.TryLater($"451 4.4.2 The connection was lost: {e.Message}");
        }

        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] = sender.Refused.GetValueOrDefault(i) ?? rest;
        return outcomes!;
    }

    /// <summary>Says good-bye. The messages are theirs; what happens to the good-bye does not matter.</summary>
    public async Task QuitAsync(CancellationToken stop)
    {
        try
        {
            await Client.DisconnectAsync(quit: true, stop);
        }
        catch (Exception e) when (e is IOException or ProtocolException or CommandException or TimeoutException or OperationCanceledException)
        {
            return;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        watch.Dispose();
    }

    internal static string Text(SmtpCommandException e) => $"{(int)e.StatusCode} {e.Message}".ReplaceLineEndings(" ");

    private sealed class Sender(DataWatch watch) : SmtpClient(watch)
    {
        private Parcel parcel = null!;
        private int next;

        public Dictionary<int, DeliveryOutcome> Refused { get; } = [];

        public void Begin(Parcel sent)
        {
            Refused.Clear();
            (parcel, next) = (sent, 0);
        }

        protected override string GetEnvelopeId(MimeMessage message) => parcel.Requested.EnvelopeId ?? "";

        protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) =>
            OutboundRequest.Read(parcel.Rows[0].Options).Notify is not { } wanted ? null
            : wanted == NotifyWhen.Never ? DeliveryStatusNotification.Never
            : (wanted.HasFlag(NotifyWhen.Success) ? DeliveryStatusNotification.Success : 0)
                | (wanted.HasFlag(NotifyWhen.Failure) ? DeliveryStatusNotification.Failure : 0)
                | (wanted.HasFlag(NotifyWhen.Delay) ? DeliveryStatusNotification.Delay : 0);

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => next++;

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            var reply = $"{(int)response.StatusCode} {response.Response}".ReplaceLineEndings(" ");
            Refused[next++] = (int)response.StatusCode >= 500 ? new DeliveryOutcome.Refused(reply) : new DeliveryOutcome.TryLater(reply);
        }
    }
}
