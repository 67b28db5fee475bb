using System.Net;
using System.Security.Authentication;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Pop3;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Pop3;

/// <summary>
/// Lets customers fetch the mail of their INBOX.
/// Standards: RFC 1939; CAPA with PIPELINING, RESP-CODES and EXPIRE (RFC 2449), STLS (RFC 2595), AUTH PLAIN (RFC 5034, RFC 4616),
/// AUTH-RESP-CODE (RFC 3206), implicit TLS (RFC 8314). Limits: <see cref="Pop3Limits"/>. Diagnostics: log category of this class, each
/// line with the connection's id.
/// </summary>
internal sealed class Pop3ConnectionHandler(Pop3ServerParts parts, bool tlsFirst, ILogger<Pop3ConnectionHandler> log) : ConnectionHandler
{
    private readonly ConnectionCounts counts = new(parts.Limits.ConnectionsPerAddress, parts.Limits.ConnectionsMax);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = Address.From(((IPEndPoint)connection.RemoteEndPoint!).Address);
        await using var wire = new ClientWire(connection, parts.Ticks, parts.Limits.WriteTimeout);
        try
        {
            var admission = counts.Enter(client);
            if (admission != ConnectionCounts.Admission.Welcome)
            {
                await TurnAwayAsync(wire, admission, connection.ConnectionId);
                return;
            }

            log.Pop3Connected(connection.ConnectionId, $"{client}");
            await ServeAsync(wire, client, connection.ConnectionId);
        }
        catch (AuthenticationException e)
        {
            log.Pop3TlsFailed(connection.ConnectionId, e.Message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            log.Pop3HungUp(connection.ConnectionId, e.Message);
        }
    }

    private async Task TurnAwayAsync(ClientWire wire, ConnectionCounts.Admission admission, string id)
    {
        var reply = admission == ConnectionCounts.Admission.TooManyOfYou ? Pop3Reply.ErrTooManyConnections : Pop3Reply.ErrBusy;
        log.Pop3TurnedAway(id, $"{reply}");
        // Under TLS a handshake would be needed to say so: that is what we have no more of.
        if (tlsFirst)
            return;
        reply.WriteTo(wire.Output);
        await wire.CloseAsync();
    }

    private async Task ServeAsync(ClientWire wire, Address client, string id)
    {
        try
        {
            if (tlsFirst)
                await wire.SecureAsync(parts.Tls!, parts.Limits.HandshakeTimeout);
            var session = new Pop3Session(parts, wire, client, id, log);
            await session.RunAsync();
        }
        finally
        {
            counts.Leave(client);
        }
    }
}
