using System.Net;
using System.Security.Authentication;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Smtp;

/// <summary>
/// Takes mail for mailboxes and for the role addresses, and from customers for anybody; refuses all other.
/// Standards: RFC 5321; PIPELINING (RFC 2920), SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), ENHANCEDSTATUSCODES
/// (RFC 2034), CHUNKING (RFC 3030), STARTTLS (RFC 3207); LMTP (RFC 2033), for mailboxes only; submission (RFC 6409) with AUTH (RFC 4954)
/// and DSN (RFC 3461), under TLS from the first octet by RFC 8314. Limits: <see cref="SmtpLimits"/>. Diagnostics: log category of this class,
/// each line with the connection's id, which is also in the Received line.
/// </summary>
internal sealed class SmtpConnectionHandler(
    SmtpServerParts parts, SmtpDoor door, bool tlsFirst, ILogger<SmtpConnectionHandler> log) : ConnectionHandler
{
    private readonly ConnectionCounts counts = new(parts.Limits.ConnectionsPerAddress, parts.Limits.ConnectionsMax);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = Address.From(((IPEndPoint)connection.RemoteEndPoint!).Address);
        await using var wire = new ClientWire(connection, parts.Ticks, parts.Limits.WriteTimeout);
        try
        {
            if (door == SmtpDoor.Exchange && parts.Checks is { } checks && !checks.MayConnect(client))
            {
                log.SmtpTurnedAway(connection.ConnectionId, Reply.C421TooManyConnections.Text);
                wire.Write(Reply.C421TooManyConnections);
                await wire.CloseAsync();
                return;
            }

            var admission = counts.Enter(client);
            if (admission != ConnectionCounts.Admission.Welcome)
            {
                var reply = admission == ConnectionCounts.Admission.TooManyOfYou ? Reply.C421TooManyConnections : Reply.C421Busy;
                log.SmtpTurnedAway(connection.ConnectionId, reply.Text);
                // Under TLS nothing can be said before a handshake, which costs more than it is worth here.
                if (tlsFirst)
                    return;
                wire.Write(reply);
                await wire.CloseAsync();
                return;
            }

            log.SmtpConnected(connection.ConnectionId, $"{client}");
            await ServeAsync(wire, client, connection.ConnectionId);
        }
        catch (AuthenticationException e)
        {
            log.SmtpTlsFailed(connection.ConnectionId, e.Message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            log.SmtpHungUp(connection.ConnectionId, e.Message);
        }
    }

    private async Task ServeAsync(ClientWire wire, Address client, string id)
    {
        try
        {
            if (tlsFirst)
                await wire.SecureAsync(parts.Tls!, parts.Limits.HandshakeTimeout);
            using var session = new SmtpSession(parts, door, wire, client, id, log);
            await session.RunAsync();
        }
        finally
        {
            counts.Leave(client);
        }
    }
}
