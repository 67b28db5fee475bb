using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.Net;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Mailreeve.Mail.Outbound;

/// <summary>Opens a conversation with one host.</summary>
internal sealed class HandOff(OutboundOptions options)
{
    private const string TlsFailed = "454 4.7.0 The TLS handshake failed";

    /// <summary>To an MX, at one of its addresses: under TLS when it is offered, in the clear when that fails (RFC 7435).</summary>
    /// <returns>The conversation, or why there is none.</returns>
    public async Task<(Conversation?, DeliveryOutcome?)> ToExchangerAsync(string host, Address address, IPAddress? source, CancellationToken stop)
    {
        var opened = await TryAsync(host, address, source, SecureSocketOptions.StartTlsWhenAvailable, stop);
        return opened.Item2 is DeliveryOutcome.NoContact { Reply: TlsFailed }
            ? await TryAsync(host, address, source, SecureSocketOptions.None, stop)
            : opened;
    }

    /// <summary>To the smarthost.</summary>
    /// <returns>The conversation, or why there is none.</returns>
    public Task<(Conversation?, DeliveryOutcome?)> ToSmarthostAsync(Smarthost host, CancellationToken stop)
    {
        var tls = host.Tls switch
        {
            SmarthostTls.Implicit => SecureSocketOptions.SslOnConnect,
            SmarthostTls.Required => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.StartTlsWhenAvailable,
        };
        return OpenAsync(host.Host, anyCertificate: host.Tls == SmarthostTls.WhenOffered, async client =>
        {
            await client.ConnectAsync(host.Host, host.Port, tls, stop);
            if (host.User is not null)
                await client.AuthenticateAsync(host.User, host.Password ?? "", stop);
        });
    }

    private Task<(Conversation?, DeliveryOutcome?)> TryAsync(
        string host, Address address, IPAddress? source, SecureSocketOptions tls, CancellationToken stop) =>
        OpenAsync(host, anyCertificate: true, async client =>
        {
            var ip = address.ToIPAddress();
            var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(options.ConnectTimeout);
                if (source is not null)
                    socket.Bind(new IPEndPoint(source, 0));
                await socket.ConnectAsync(ip, options.ExchangerPort, limit.Token);
                await client.ConnectAsync(socket, host, options.ExchangerPort, tls, stop);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });

    private async Task<(Conversation?, DeliveryOutcome?)> OpenAsync(string host, bool anyCertificate, Func<SmtpClient, Task> connect)
    {
        var conversation = new Conversation(host, options);
        if (anyCertificate)
            conversation.Client.ServerCertificateValidationCallback = Opportunistic;
        var why = await ConnectAsync(() => connect(conversation.Client));
        if (why is null)
            return (conversation, null);
        conversation.Dispose();
        return (null, why);
    }

    // An MX rarely has a certificate for the name we know it by, and the alternative is no TLS at all (RFC 7435 §3).
    private static bool Opportunistic(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null;

    private static async Task<DeliveryOutcome?> ConnectAsync(Func<Task> connect)
    {
        try
        {
            await connect();
            return null;
        }
        catch (SslHandshakeException)
        {
            return new DeliveryOutcome.NoContact(TlsFailed);
        }
        catch (SmtpCommandException e)
        {
            return new DeliveryOutcome.NoContact(Conversation.Text(e));
        }
        catch (AuthenticationException e)
        {
            // Our password is wrong, not the message: someone will correct it.
            return new DeliveryOutcome.NoContact($"454 4.7.0 The smarthost does not know us: {e.Message}");
        }
        catch (Exception e) when (e is IOException or SocketException or SmtpProtocolException or TimeoutException or OperationCanceledException or NotSupportedException)
        {
            return new DeliveryOutcome.NoContact($"451 4.4.1 No connection: {e.Message}");
        }
    }
}
