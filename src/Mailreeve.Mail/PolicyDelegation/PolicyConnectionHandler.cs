using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>
/// Tells a Postfix of ours what our policy says about a client, a recipient or a message.
/// Standards: Postfix's SMTP access policy delegation protocol, as its SMTPD_POLICY_README has it. Limits: <see cref="PolicyServiceLimits"/>,
/// and those of <see cref="Protocols.PolicyDelegation.PolicyRequest"/>. Diagnostics: log category of this class, each line with the
/// connection's id.
/// </summary>
internal sealed class PolicyConnectionHandler(PolicyServiceParts parts, ILogger<PolicyConnectionHandler> log) : ConnectionHandler
{
    private int connections;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await using var wire = new ClientWire(connection, parts.Ticks, parts.Limits.WriteTimeout);
        try
        {
            // There are no words for it in the protocol. Postfix takes a closed connection for a service that is down, and does as it is told for that.
            if (Interlocked.Increment(ref connections) > parts.Limits.ConnectionsMax)
            {
                log.PolicyTurnedAway(connection.ConnectionId, parts.Limits.ConnectionsMax);
                return;
            }

            await new PolicySession(parts, wire, connection.ConnectionId, log).RunAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            log.PolicyHungUp(connection.ConnectionId, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }
}
