using System.Security.Cryptography;

namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What a zone says about the certificate of a server (RFC 6698 §2.1).</summary>
/// <param name="Usage">2: an authority above the server's certificate; 3: that certificate itself.</param>
/// <param name="Selector">0: the whole certificate; 1: its public key.</param>
/// <param name="Matching">0: the octets themselves; 1: their SHA-256; 2: their SHA-512.</param>
/// <param name="Data">What must be found.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte Matching, byte[] Data)
{
    /// <summary>Usage 2: DANE-TA.</summary>
    public const byte Authority = 2;

    /// <summary>Usage 3: DANE-EE.</summary>
    public const byte Server = 3;

    /// <summary>
    /// Whether mail can use it: 0 and 1 (PKIX) mean nothing between mail servers (RFC 7672 §3.1.3), and what we do not know cannot be met.
    /// </summary>
    public bool IsUsable =>
        Usage is Authority or Server && Selector <= 1 && Matching switch
        {
            0 => Data.Length > 0,
            1 => Data.Length == SHA256.HashSizeInBytes,
            2 => Data.Length == SHA512.HashSizeInBytes,
            _ => false,
        };

    /// <summary>Whether this certificate is the one.</summary>
    /// <param name="certificate">The certificate in DER.</param>
    /// <param name="publicKey">Its SubjectPublicKeyInfo in DER.</param>
    public bool Matches(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> publicKey)
    {
        var chosen = Selector == 0 ? certificate : publicKey;
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        return Matching switch
        {
            0 => chosen.SequenceEqual(Data),
            1 => hash[..SHA256.HashData(chosen, hash)].SequenceEqual(Data),
            2 => hash[..SHA512.HashData(chosen, hash)].SequenceEqual(Data),
            _ => false,
        };
    }

    /// <summary>As in a zone: <c>3 1 1 8d02…</c>.</summary>
    public override string ToString() => $"{Usage} {Selector} {Matching} {Convert.ToHexStringLower(Data)}";
}
