using Mailreeve.Protocols.Flows;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Detections;

/// <summary>That somebody tried to reach somebody.</summary>
/// <param name="Source">Who.</param>
/// <param name="Destination">Whom.</param>
/// <param name="Port">The port there.</param>
/// <param name="IsAnswered">Whether a connection came about.</param>
/// <param name="At">When.</param>
public readonly record struct ContactAttempt(Address Source, Address Destination, int Port, bool IsAnswered, Instant At)
{
    // A router whose clock is off further than this is taken at ours.
    private static readonly Duration LateMost = Duration.FromMinutes(15);

    /// <summary>What a flow tells; null when it tells nothing.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="now">The time.</param>
    /// <remarks>
    /// The flags of all packets of one direction tell it: who was answered sends an ACK, or an RST when it never meant to connect. Of the two ends of a
    /// connection the one with the higher port is the client: answers of servers are no contacts of theirs. A SYN alone is always a client's.
    /// </remarks>
    public static ContactAttempt? Of(FlowRecord flow, Instant now)
    {
        if (flow.Protocol != FlowRecord.Tcp || !flow.TcpFlags.HasFlag(TcpFlags.Syn))
            return null;
        var isAnswered = (flow.TcpFlags & (TcpFlags.Ack | TcpFlags.Rst)) != 0;
        if (isAnswered && flow.DestinationPort >= flow.SourcePort)
            return null;
        return new ContactAttempt(flow.Source, flow.Destination, flow.DestinationPort, isAnswered, flow.EndedAt > now || flow.EndedAt < now - LateMost ? now : flow.EndedAt);
    }
}
