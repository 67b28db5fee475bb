namespace Mailreeve.Protocols.Messages;

/// <summary>What there is to tell the sender of a message about one of its recipients (RFC 3464 §2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>It will not arrive.</summary>
    Failed,

    /// <summary>It has not arrived yet, and is tried on.</summary>
    Delayed,

    /// <summary>It lies in a mailbox here.</summary>
    Delivered,

    /// <summary>A server that cannot tell about its arrival has it (RFC 3461 §5.2.2).</summary>
    Relayed,
}
