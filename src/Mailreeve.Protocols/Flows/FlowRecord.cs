using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Flows;

/// <summary>Packets that had the same addresses, ports and protocol, in one direction, as a router counted them.</summary>
/// <param name="Source">From whom.</param>
/// <param name="Destination">To whom.</param>
/// <param name="SourcePort">The port there; 0 for protocols without.</param>
/// <param name="DestinationPort">The port there; 0 for protocols without.</param>
/// <param name="Protocol">The protocol by its IANA number.</param>
/// <param name="TcpFlags">Flags of all its packets together; 0 for other protocols.</param>
/// <param name="EndedAt">When the last packet came, by the clock of the router; the time of the export when the record does not say.</param>
public readonly record struct FlowRecord(
    Address Source, Address Destination, int SourcePort, int DestinationPort, byte Protocol, TcpFlags TcpFlags, Instant EndedAt)
{
    /// <summary>TCP.</summary>
    public const byte Tcp = 6;
}

/// <summary>Control bits of TCP (RFC 9293 §3.1), as far as they are looked at.</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>FIN.</summary>
    Fin = 1,

    /// <summary>SYN.</summary>
    Syn = 2,

    /// <summary>RST.</summary>
    Rst = 4,

    /// <summary>ACK.</summary>
    Ack = 16,
}
