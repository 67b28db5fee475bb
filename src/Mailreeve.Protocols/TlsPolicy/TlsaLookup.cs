namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What asking for the TLSA records of a host brought (RFC 7672 §2.1.1).</summary>
public abstract record TlsaLookup
{
    private TlsaLookup()
    {
    }

    /// <summary>Nobody asked: there is no resolver to be trusted, or the zone of the host is not signed.</summary>
    public sealed record NotAsked : TlsaLookup
    {
        /// <summary>The only one.</summary>
        public static readonly NotAsked Instance = new();
    }

    /// <summary>There are none, or what there is is not signed.</summary>
    public sealed record None : TlsaLookup
    {
        /// <summary>The only one.</summary>
        public static readonly None Instance = new();
    }

    /// <summary>Signed records; at least one.</summary>
    public sealed record Found(IReadOnlyList<TlsaRecord> Records) : TlsaLookup;

    /// <summary>No answer, or one whose signature is wrong: whoever keeps the answer from us must not thereby switch DANE off.</summary>
    /// <param name="Reason">What came instead.</param>
    public sealed record Failed(string Reason) : TlsaLookup;
}
