using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Mailreeve.Protocols.Dkim;

/// <summary>A public key as a domain shows it in the DNS (RFC 6376 §3.6.1, RFC 8463 §4).</summary>
public sealed class DkimKeyRecord
{
    private const int KeyBytesMax = 2048;

    private readonly byte[] octets;

    private DkimKeyRecord(byte[] octets) => this.octets = octets;

    /// <summary>The kind of key.</summary>
    public required DkimAlgorithm Algorithm { get; init; }

    /// <summary>Its length in bits.</summary>
    public int Bits { get; private init; }

    /// <summary>Whether it was taken back: it has no key, and nothing that was signed with it counts.</summary>
    public bool IsRevoked => octets.Length == 0;

    /// <summary>Whether the domain only tries signing: its failures mean no more than no signature (<c>t=y</c>).</summary>
    public bool IsTesting { get; private init; }

    /// <summary>Whether a signature's <c>i=</c> must have exactly its <c>d=</c> (<c>t=s</c>).</summary>
    public bool IsStrict { get; private init; }

    /// <summary>Whether it may sign mail (<c>s=</c>) with SHA-256 (<c>h=</c>).</summary>
    public bool IsForMail { get; private init; }

    /// <summary>Reads a record.</summary>
    /// <param name="text">Its strings, joined.</param>
    /// <param name="reason">What is wrong with it, when something is.</param>
    /// <returns><see langword="null"/> when it is no key.</returns>
    public static DkimKeyRecord? ReadOrNull(string text, out string reason)
    {
        if (TagList.ReadOrNull(Encoding.UTF8.GetBytes(text), out reason) is not { } tags)
            return null;
        reason = "the key record has another version";
        if (tags.TextOrNull("v"u8) is { } version && (version != "DKIM1" || !tags.BeginsWith("v"u8)))
            return null;
        reason = "the key record has no key";
        if (!tags.TryFind("p"u8, out var value) || TagList.Base64OrNull(value, KeyBytesMax) is not { } octets)
            return null;

        var kind = tags.TextOrNull("k"u8) ?? "rsa";
        reason = "the kind of key is not known";
        if (kind is not ("rsa" or "ed25519"))
            return null;
        var algorithm = kind == "rsa" ? DkimAlgorithm.RsaSha256 : DkimAlgorithm.Ed25519Sha256;
        reason = "the key is damaged";
        var bits = 0;
        if (octets.Length > 0 && !TryMeasure(algorithm, octets, out bits))
            return null;

        reason = "";
        var flags = ListOf(tags, "t"u8);
        return new DkimKeyRecord(octets)
        {
            Algorithm = algorithm,
            Bits = bits,
            IsTesting = flags.Contains("y"),
            IsStrict = flags.Contains("s"),
            IsForMail = IsAnyOf(ListOf(tags, "s"u8), "email", "*") && IsAnyOf(ListOf(tags, "h"u8), "sha256"),
        };
    }

    /// <summary>Whether a signature over a hash was made with the key that belongs to this one.</summary>
    /// <param name="hash">SHA-256 of what was signed.</param>
    /// <param name="signature">The signature.</param>
    public bool Verifies(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (IsRevoked)
            return false;
        if (Algorithm == DkimAlgorithm.Ed25519Sha256)
        {
            return signature.Length == Ed25519.SignatureSize
                && Ed25519.Verify(signature.ToArray(), 0, octets, 0, hash.ToArray(), 0, hash.Length);
        }

        try
        {
            using var rsa = Import(octets);
            return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool TryMeasure(DkimAlgorithm algorithm, byte[] octets, out int bits)
    {
        bits = 256;
        if (algorithm == DkimAlgorithm.Ed25519Sha256)
            return octets.Length == Ed25519.PublicKeySize;
        try
        {
            using var rsa = Import(octets);
            bits = rsa.KeySize;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // SubjectPublicKeyInfo is what all publish; the RFC once said RSAPublicKey, and some still do.
    private static RSA Import(byte[] octets)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(octets, out _);
            return rsa;
        }
        catch (CryptographicException)
        {
            try
            {
                rsa.ImportRSAPublicKey(octets, out _);
                return rsa;
            }
            catch (CryptographicException)
            {
                rsa.Dispose();
                throw;
            }
        }
    }

    private static List<string> ListOf(TagList tags, ReadOnlySpan<byte> name) => tags.TryFind(name, out var value) ? TagList.Parts(value) : [];

    private static bool IsAnyOf(List<string> list, params ReadOnlySpan<string> wanted)
    {
        if (list.Count == 0)
            return true;
        foreach (var word in wanted)
        {
            if (list.Contains(word))
                return true;
        }

        return false;
    }
}
