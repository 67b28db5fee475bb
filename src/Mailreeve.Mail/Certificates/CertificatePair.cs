namespace Mailreeve.Mail.Certificates;

/// <summary>The files of a certificate; both paths may lead to the same one.</summary>
/// <param name="Certificate">PEM: the server's certificate first, then those between it and the root.</param>
/// <param name="Key">PEM: its key, without a password.</param>
public sealed record CertificatePair(string Certificate, string Key)
{
    /// <summary>Whether they may be missing: those of a certificate that has not been fetched yet.</summary>
    public bool MayBeMissing { get; init; }
}
