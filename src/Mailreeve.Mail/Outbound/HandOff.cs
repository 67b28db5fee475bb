using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.Mail.Outbound;

/// <summary>Hands one message to one host.</summary>
internal sealed class HandOff(OutboundOptions options)
{
    /// <summary>To an MX, at one of its addresses: under TLS when it is offered, in the clear when that fails (RFC 7435).</summary>
    public async Task<DeliveryOutcome> ToExchangerAsync(DueOutbound row, string host, Address address, CancellationToken stop)
    {
        var outcome = await TryAsync(row, host, address, SecureSocketOptions.StartTlsWhenAvailable, stop);
        return outcome is DeliveryOutcome.NoContact { Reply: TlsFailed }
            ? await TryAsync(row, host, address, SecureSocketOptions.None, stop)
            : outcome;
    }

    /// <summary>To the smarthost.</summary>
    public async Task<DeliveryOutcome> ToSmarthostAsync(DueOutbound row, Smarthost host, CancellationToken stop)
    {
        var tls = host.Tls switch
        {
            SmarthostTls.Implicit => SecureSocketOptions.SslOnConnect,
            SmarthostTls.Required => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.StartTlsWhenAvailable,
        };
        using var watch = new DataWatch();
        using var client = Client(watch, anyCertificate: host.Tls == SmarthostTls.WhenOffered);
        return await GuardAsync(watch, async () =>
        {
            await ConnectAsync(() => client.ConnectAsync(host.Host, host.Port, tls, stop));
            if (host.User is not null)
                await client.AuthenticateAsync(host.User, host.Password ?? "", stop);
            return await SendAsync(client, row, stop);
        });
    }

    private const string TlsFailed = "454 4.7.0 The TLS handshake failed";

    private async Task<DeliveryOutcome> TryAsync(
        DueOutbound row, string host, Address address, SecureSocketOptions tls, CancellationToken stop)
    {
        using var watch = new DataWatch();
        using var client = Client(watch, anyCertificate: true);
        return await GuardAsync(watch, async () =>
        {
            var ip = address.ToIPAddress();
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await ConnectAsync(async () =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(options.ConnectTimeout);
                await socket.ConnectAsync(ip, options.ExchangerPort, limit.Token);
                await client.ConnectAsync(socket, host, options.ExchangerPort, tls, stop);
            });
            return await SendAsync(client, row, stop);
        });
    }

    private SmtpClient Client(DataWatch watch, bool anyCertificate)
    {
        var client = new SmtpClient(watch)
        {
            LocalDomain = options.HostName,
            Timeout = (int)options.ReplyTimeout.TotalMilliseconds,
            CheckCertificateRevocation = false,
        };
        if (anyCertificate)
            client.ServerCertificateValidationCallback = Opportunistic;
        return client;
    }

    // An MX rarely has a certificate for the name we know it by, and the alternative is no TLS at all (RFC 7435 §3).
    private static bool Opportunistic(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null;

    private static async Task ConnectAsync(Func<Task> connect)
    {
        try
        {
            await connect();
        }
        catch (SslHandshakeException)
        {
            throw new NoContactException(TlsFailed);
        }
        catch (SmtpCommandException e)
        {
            throw new NoContactException(Text(e));
        }
        catch (Exception e) when (e is IOException or SocketException or SmtpProtocolException or TimeoutException or OperationCanceledException or NotSupportedException)
        {
            throw new NoContactException($"451 4.4.1 No connection: {e.Message}");
        }
    }

    private static async Task<DeliveryOutcome> SendAsync(SmtpClient client, DueOutbound row, CancellationToken stop)
    {
        // Counted data cannot be watched for its dot, and binary mail is not what we send.
        client.Capabilities &= ~(SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime);
        using var stream = new MemoryStream(row.Message, writable: false);
        using var message = await MimeMessage.LoadAsync(stream, stop);
        var sender = new MailboxAddress("", row.EnvelopeFrom);
        var reply = await client.SendAsync(FormatOptions.Default, message, sender, [new MailboxAddress("", row.Recipient)], stop);
        await QuitAsync(client, stop);
        return new DeliveryOutcome.Accepted($"250 {reply}");
    }

    // The message is theirs; what happens to the good-bye does not matter.
    private static async Task QuitAsync(SmtpClient client, CancellationToken stop)
    {
        try
        {
            await client.DisconnectAsync(quit: true, stop);
        }
        catch (Exception e) when (e is IOException or ProtocolException or CommandException or TimeoutException or OperationCanceledException)
        {
            return;
        }
    }

    private static async Task<DeliveryOutcome> GuardAsync(DataWatch watch, Func<Task<DeliveryOutcome>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (NoContactException e)
        {
            return new DeliveryOutcome.NoContact(e.Message);
        }
        catch (SmtpCommandException e)
        {
            return (int)e.StatusCode >= 500 ? new DeliveryOutcome.Refused(Text(e)) : new DeliveryOutcome.TryLater(Text(e));
        }
        catch (AuthenticationException e)
        {
            // Our password is wrong, not the message: someone will correct it.
            return new DeliveryOutcome.TryLater($"454 4.7.0 The smarthost does not know us: {e.Message}");
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or TimeoutException or OperationCanceledException)
        {
            return watch.DotSent
                ? new DeliveryOutcome.InDoubt($"The whole message was sent, and no answer came: {e.Message}")
                : new DeliveryOutcome.TryLater($"451 4.4.2 The connection was lost: {e.Message}");
        }
    }

    private static string Text(SmtpCommandException e) => $"{(int)e.StatusCode} {e.Message}".ReplaceLineEndings(" ");

    private sealed class NoContactException(string reply) : Exception(reply);
}
