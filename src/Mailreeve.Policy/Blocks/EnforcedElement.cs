using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>One entry of what stops packets: a packet from or to <paramref name="Prefix"/> is treated as <paramref name="List"/> says.</summary>
/// <param name="List">What happens to its packets.</param>
/// <param name="Prefix">The addresses. IPv4 when it lies in IPv4 space, otherwise IPv6: <c>::/0</c> says nothing about IPv4.</param>
public readonly record struct EnforcedElement(EnforcedList List, Prefix Prefix);

/// <summary>What happens to the packets of an <see cref="EnforcedElement"/>.</summary>
public enum EnforcedList
{
    /// <summary>They pass, whatever the others say.</summary>
    Never,

    /// <summary>They are dropped.</summary>
    All,

    /// <summary>They are dropped when they are for port 25 of TCP.</summary>
    Port25,
}
