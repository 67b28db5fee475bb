using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Mailreeve.Protocols.Dkim;

/// <summary>A private key of a domain. May be used by many at once.</summary>
public sealed class DkimSigningKey
{
    private readonly byte[] octets;

    // One RSA object does one thing at a time; there are as many as ever signed at once.
    private readonly ConcurrentBag<RSA> idle = [];

    private DkimSigningKey(DkimKeyName name, DkimAlgorithm algorithm, byte[] octets) => (Name, Algorithm, this.octets) = (name, algorithm, octets);

    /// <summary>Where its public half is shown.</summary>
    public DkimKeyName Name { get; }

    /// <summary>How it signs.</summary>
    public DkimAlgorithm Algorithm { get; }

    /// <summary>What the domain has to show: the text of the TXT record.</summary>
    public string RecordText => Algorithm == DkimAlgorithm.RsaSha256
        ? $"v=DKIM1; k=rsa; p={Convert.ToBase64String(RsaPublicKey())}"
        : $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(Ed25519PublicKey())}";

    /// <summary>Takes a key.</summary>
    /// <param name="name">Where its public half is shown.</param>
    /// <param name="algorithm">How it signs.</param>
    /// <param name="privateKey">PKCS #8 for RSA; the 32 octets of the seed for Ed25519 (RFC 8032 §5.1.5).</param>
    /// <exception cref="CryptographicException">It is no such key.</exception>
    public static DkimSigningKey From(DkimKeyName name, DkimAlgorithm algorithm, byte[] privateKey)
    {
        var key = new DkimSigningKey(name, algorithm, privateKey);
        if (algorithm == DkimAlgorithm.RsaSha256)
            key.idle.Add(key.Import());
        else if (privateKey.Length != Ed25519.SecretKeySize)
            throw new CryptographicException("An Ed25519 key has 32 octets.");
        return key;
    }

    /// <summary>Signs a SHA-256 hash.</summary>
    public byte[] Sign(ReadOnlySpan<byte> hash)
    {
        if (Algorithm == DkimAlgorithm.Ed25519Sha256)
        {
            var signature = new byte[Ed25519.SignatureSize];
            Ed25519.Sign(octets, 0, hash.ToArray(), 0, hash.Length, signature, 0);
            return signature;
        }

        if (!idle.TryTake(out var rsa))
            rsa = Import();
        try
        {
            return rsa.SignHash(hash.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            idle.Add(rsa);
        }
    }

    /// <summary>Whether the record of its public half is among those that were found.</summary>
    public bool IsShownIn(IReadOnlyList<string> texts)
    {
        // By what it verifies, and not by how it is written.
        Span<byte> hash = stackalloc byte[32];
        hash.Fill(1);
        var signature = Sign(hash);
        foreach (var text in texts)
        {
            if (DkimKeyRecord.ReadOrNull(text, out _) is { IsForMail: true } record && record.Algorithm == Algorithm)
                return record.Verifies(hash, signature);
        }

        return false;
    }

    private RSA Import()
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportPkcs8PrivateKey(octets, out _);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private byte[] RsaPublicKey()
    {
        using var rsa = Import();
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private byte[] Ed25519PublicKey()
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(octets, 0, key, 0);
        return key;
    }
}
