namespace Mailreeve.Protocols.Acme;

/// <summary>How far an order, an authorization or a challenge has come (RFC 8555 §7.1.6).</summary>
public enum AcmeStatus
{
    /// <summary>A word that is not in the standard.</summary>
    Unknown,

    /// <summary>Something must be proven yet.</summary>
    Pending,

    /// <summary>All is proven; the signing request may come.</summary>
    Ready,

    /// <summary>The server is at work.</summary>
    Processing,

    /// <summary>Done.</summary>
    Valid,

    /// <summary>Failed, for good: a new order is needed.</summary>
    Invalid,

    /// <summary>Given up by us.</summary>
    Deactivated,

    /// <summary>Too old.</summary>
    Expired,

    /// <summary>Given up by the server.</summary>
    Revoked,
}
