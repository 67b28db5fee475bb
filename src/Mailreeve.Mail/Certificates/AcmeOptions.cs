using System.Net;

namespace Mailreeve.Mail.Certificates;

/// <summary>From whom a certificate is fetched, and for what. Read at start.</summary>
public sealed record AcmeOptions
{
    /// <summary>The authority's directory (RFC 8555 §7.1.1).</summary>
    public required Uri Directory { get; init; }

    /// <summary>Names in the certificate; the first one is the main one.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Folder for the account, the order under way and the certificate; only the program may read it.</summary>
    public required string Folder { get; init; }

    /// <summary>URLs at which the authority reaches the operator, as in <c>mailto:hostmaster@provider.example</c>; may be empty.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>Where the authority's questions are answered in plain HTTP, beside where the pages are: it comes to port 80 (§8.3).</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>What the operator got from an authority with which they have an account already; null for none.</summary>
    public AcmeExternalAccount? ExternalAccount { get; init; }

    /// <summary>PEM file of those who may sign the certificate of the directory itself; null for whom the machine trusts.</summary>
    public string? TrustedRoots { get; init; }

    /// <summary>The certificate as the servers read it.</summary>
    public CertificatePair Pair => new(new AcmeFolder(Folder).CertificatePath, new AcmeFolder(Folder).CertificatePath) { MayBeMissing = true };
}

/// <summary>An account with an authority that was made by other means (RFC 8555 §7.3.4).</summary>
/// <param name="Id">Its name.</param>
/// <param name="Key">The secret that came with it, decoded; at least 16 octets.</param>
public sealed record AcmeExternalAccount(string Id, byte[] Key);
