using Mailreeve.Mail.Certificates;

namespace Mailreeve.Configuration;

/// <summary>The certificates of all servers.</summary>
internal sealed record TlsSettings
{
    /// <summary>No TLS.</summary>
    public static readonly TlsSettings None = new();

    /// <summary>Those in files, in the order of preference.</summary>
    public IReadOnlyList<CertificatePair> Files { get; init; } = [];

    /// <summary>The one that is fetched; null when none is.</summary>
    public AcmeOptions? Acme { get; init; }

    /// <summary>All of them, in the order of preference.</summary>
    public IReadOnlyList<CertificatePair> Pairs => Acme is null ? Files : [.. Files, Acme.Pair];

    /// <summary>Whether there is TLS.</summary>
    public bool IsOffered => Files.Count > 0 || Acme is not null;
}
