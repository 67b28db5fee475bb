using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Milter;

/// <summary>
/// Sees the messages of a Postfix or Sendmail of ours: refuses what our policy forbids, has held what it holds, signs what customers send,
/// and says of other mail what was found.
/// Standards: Sendmail's milter protocol, versions 2 to 6, as its mfdef.h has it; RFC 8601 §5 for fields that claim to be ours. Limits:
/// <see cref="MilterLimits"/> and <see cref="Protocols.Milter.MilterFramer"/>. Diagnostics: log category of this class, each line with the
/// connection's id.
/// </summary>
internal sealed class MilterConnectionHandler(MilterParts parts, ILogger<MilterConnectionHandler> log) : ConnectionHandler
{
    private int connections;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await using var wire = new ClientWire(connection, parts.Ticks, parts.Limits.WriteTimeout);
        try
        {
            // A milter that hangs up is one that is down: the other server does what it is told to do then.
            if (Interlocked.Increment(ref connections) > parts.Limits.ConnectionsMax)
            {
                log.MilterTurnedAway(parts.Limits.ConnectionsMax);
                return;
            }

            using var session = new MilterSession(parts, wire, connection.ConnectionId, log);
            await session.RunAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            log.MilterHungUp(connection.ConnectionId, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }
}
