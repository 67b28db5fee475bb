namespace Mailreeve.Protocols.Dkim;

/// <summary>What of a message may change on its way without breaking a signature (RFC 6376 §3.4).</summary>
public enum Canonicalization
{
    /// <summary>Nothing but empty lines at the end.</summary>
    Simple,

    /// <summary>White space and folding.</summary>
    Relaxed,
}
