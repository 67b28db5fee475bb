namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>Why a session did not do what the policy demands (RFC 8460 §4.3).</summary>
public enum TlsResultType
{
    /// <summary>The server does not offer STARTTLS, or refuses it.</summary>
    StarttlsNotSupported,

    /// <summary>The certificate has other names.</summary>
    CertificateHostMismatch,

    /// <summary>The certificate is too old or too young.</summary>
    CertificateExpired,

    /// <summary>No authority that we trust vouches for the certificate.</summary>
    CertificateNotTrusted,

    /// <summary>The handshake failed in another way.</summary>
    ValidationFailure,

    /// <summary>The certificate is none of those that the TLSA records name.</summary>
    TlsaInvalid,

    /// <summary>The TLSA records cannot be looked up, or their signature is wrong.</summary>
    DnssecInvalid,

    /// <summary>The policy cannot be fetched.</summary>
    StsPolicyFetchError,

    /// <summary>What was fetched is no policy.</summary>
    StsPolicyInvalid,

    /// <summary>The host that has the policy has no valid certificate.</summary>
    StsWebpkiInvalid,
}

/// <summary>Which kind of policy a session is counted under (RFC 8460 §4.2).</summary>
public enum TlsPolicyType
{
    /// <summary>DANE.</summary>
    Tlsa,

    /// <summary>MTA-STS.</summary>
    Sts,

    /// <summary>None.</summary>
    NoPolicyFound,
}

/// <summary>The words of a report.</summary>
public static class TlsResultWords
{
    /// <summary>The type as RFC 8460 §4.3 writes it.</summary>
    public static string Word(this TlsResultType type) => type switch
    {
        TlsResultType.StarttlsNotSupported => "starttls-not-supported",
        TlsResultType.CertificateHostMismatch => "certificate-host-mismatch",
        TlsResultType.CertificateExpired => "certificate-expired",
        TlsResultType.CertificateNotTrusted => "certificate-not-trusted",
        TlsResultType.TlsaInvalid => "tlsa-invalid",
        TlsResultType.DnssecInvalid => "dnssec-invalid",
        TlsResultType.StsPolicyFetchError => "sts-policy-fetch-error",
        TlsResultType.StsPolicyInvalid => "sts-policy-invalid",
        TlsResultType.StsWebpkiInvalid => "sts-webpki-invalid",
        _ => "validation-failure",
    };

    /// <summary>The type as RFC 8460 §4.2 writes it.</summary>
    public static string Word(this TlsPolicyType type) => type switch
    {
        TlsPolicyType.Tlsa => "tlsa",
        TlsPolicyType.Sts => "sts",
        _ => "no-policy-found",
    };
}
