namespace Mailreeve.Protocols.Dkim;

/// <summary>How a signature is made. All hash with SHA-256; what used SHA-1 is worth nothing any more (RFC 8301 §3.1).</summary>
public enum DkimAlgorithm
{
    /// <summary><c>rsa-sha256</c> (RFC 6376 §3.3.2).</summary>
    RsaSha256,

    /// <summary><c>ed25519-sha256</c> (RFC 8463 §3).</summary>
    Ed25519Sha256,
}
