namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What is demanded of the connection to a host.</summary>
/// <param name="Reason">Why, in a sentence that an operator reads.</param>
public abstract record TlsDecision(string Reason)
{
    /// <summary>TLS when it is offered and works, with any certificate; otherwise in the clear (RFC 7435).</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Testing">A policy that is only tried out: what it would have refused is counted and not refused (RFC 8461 §5).</param>
    public sealed record Opportunistic(string Reason, StsPolicy? Testing = null) : TlsDecision(Reason);

    /// <summary>TLS, with any certificate: the zone has TLSA records, but none that can be used (RFC 7672 §2.2).</summary>
    public sealed record Encrypted(string Reason) : TlsDecision(Reason);

    /// <summary>TLS, with a certificate that one of the records names (RFC 7672 §3.1).</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Records">Usable ones; at least one.</param>
    /// <param name="Names">Names of which the certificate must have one, where a record names an authority (RFC 7672 §3.2.2).</param>
    public sealed record Dane(string Reason, IReadOnlyList<TlsaRecord> Records, IReadOnlyList<string> Names) : TlsDecision(Reason);

    /// <summary>TLS, with a certificate of this name that a public authority vouches for.</summary>
    public sealed record Authority(string Reason, string Name) : TlsDecision(Reason);

    /// <summary>The host must not be used now; another one, or a later attempt, may do better.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Result">How it is counted in a report.</param>
    public sealed record Refuse(string Reason, TlsResultType Result) : TlsDecision(Reason);

    /// <summary>Under which policy a session is counted in a report (RFC 8460 §4.2).</summary>
    public TlsPolicyType PolicyType => this switch
    {
        Dane or Encrypted or Refuse { Result: TlsResultType.DnssecInvalid } => TlsPolicyType.Tlsa,
        Authority or Refuse or Opportunistic { Testing: not null } => TlsPolicyType.Sts,
        _ => TlsPolicyType.NoPolicyFound,
    };
}
