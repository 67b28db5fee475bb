using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Dhcp;

/// <summary>An entry of a DHCP server's lease file: what was so when it was written.</summary>
public sealed record DhcpLease
{
    /// <summary>The address, or a delegated prefix.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>The client's hardware address, or else its identifier in hexadecimal.</summary>
    public required string Client { get; init; }

    /// <summary>When it was given, or renewed.</summary>
    public required Instant StartedAt { get; init; }

    /// <summary>When it ends or has ended; null when it never does.</summary>
    public Instant? EndsAt { get; init; }

    /// <summary>Whether the client has it still; otherwise it ended at <see cref="EndsAt"/>.</summary>
    public required bool IsActive { get; init; }
}
