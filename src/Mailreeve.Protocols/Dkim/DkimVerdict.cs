namespace Mailreeve.Protocols.Dkim;

/// <summary>What was found about one signature.</summary>
/// <param name="Result">The result.</param>
/// <param name="Reason">Why, in words; empty when it is right. Nothing of it comes from the message.</param>
/// <param name="Signature">What it says; null when it could not be read, or there is none.</param>
public sealed record DkimVerdict(DkimResult Result, string Reason, DkimSignature? Signature)
{
    /// <summary>Whether the domain only tries signing; what fails is then to be taken as if there were no signature.</summary>
    public bool IsTesting { get; init; }

    /// <summary>Whether the key is RSA with fewer than 2048 bits: right, and old (RFC 8301 §3.2).</summary>
    public bool IsWeak { get; init; }

    /// <summary>Whether the body goes on after what is signed.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whose signature it is; null when that could not be read.</summary>
    public string? Domain => Signature?.Key.Domain;

    /// <summary>Whether it is right.</summary>
    public bool Passes => Result == DkimResult.Pass;
}
