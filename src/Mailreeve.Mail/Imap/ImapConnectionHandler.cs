using System.Net;
using System.Security.Authentication;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Imap;

/// <summary>
/// Gives customers their mail.
/// Standards: RFC 3501 with what <see cref="Capabilities"/> lists, each with its RFC there; TLS before the greeting by RFC 8314.
/// Limits: <see cref="ImapServerLimits"/>. Diagnostics: log category of this class, each line with the connection's id.
/// </summary>
internal sealed class ImapConnectionHandler(ImapServerParts parts, bool tlsFirst, ILogger<ImapConnectionHandler> log) : ConnectionHandler
{
    private readonly ConnectionCounts connections = new(parts.Limits.ConnectionsPerAddress, parts.Limits.ConnectionsMax);
    private readonly SessionCounts sessions = new(parts.Limits.SessionsPerMailbox);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = Address.From(((IPEndPoint)connection.RemoteEndPoint!).Address);
        await using var wire = new ClientWire(connection, parts.Ticks, parts.Limits.WriteTimeout);
        try
        {
            var admission = connections.Enter(client);
            if (admission != ConnectionCounts.Admission.Welcome)
            {
                log.ImapTurnedAway(connection.ConnectionId, $"{admission}");
                // Under TLS nothing can be said before a handshake, which costs more than it is worth here.
                if (tlsFirst)
                    return;
                new ImapWriter(wire.Output).Reply(ImapReply.Bye("Too many connections"));
                await wire.CloseAsync();
                return;
            }

            log.ImapConnected(connection.ConnectionId, $"{client}");
            await ServeAsync(wire, client, connection.ConnectionId);
        }
        catch (AuthenticationException e)
        {
            log.ImapTlsFailed(connection.ConnectionId, e.Message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            log.ImapHungUp(connection.ConnectionId, e.Message);
        }
    }

    private async Task ServeAsync(ClientWire wire, Address client, string id)
    {
        try
        {
            if (tlsFirst)
                await wire.SecureAsync(parts.Tls!, parts.Limits.HandshakeTimeout);
            using var session = new ImapSession(parts, wire, client, sessions, id, log);
            await session.RunAsync();
        }
        finally
        {
            connections.Leave(client);
        }
    }
}
