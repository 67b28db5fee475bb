namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What is known of a host and of the domain whose mail it takes, before it is dialled.</summary>
public sealed record TlsFacts
{
    /// <summary>The domain of the recipients, in lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>The name of the host, in lower case.</summary>
    public required string Host { get; init; }

    /// <summary>Whether a validating resolver vouches for the MX records that lead to the host, or for their absence.</summary>
    public bool MxSecure { get; init; }

    /// <summary>Whether it vouches for the addresses of the host.</summary>
    public bool AddressSecure { get; init; }

    /// <summary>The TLSA records of the host.</summary>
    public TlsaLookup Tlsa { get; init; } = TlsaLookup.NotAsked.Instance;

    /// <summary>The domain's MTA-STS policy; <see langword="null"/> when it has none that is in force.</summary>
    public StsPolicy? Sts { get; init; }
}
