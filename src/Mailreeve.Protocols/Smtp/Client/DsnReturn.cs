namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>How much of the message a notification brings back (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>The sender did not say.</summary>
    Unsaid,

    /// <summary>All of it.</summary>
    Full,

    /// <summary>Its header.</summary>
    Headers,
}
