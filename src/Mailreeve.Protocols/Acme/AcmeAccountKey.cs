using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Protocols.Acme;

/// <summary>The key that is an account at an ACME server: P-256, used with ES256 (RFC 7518 §3.4), which every server must take (RFC 8555 §6.2).</summary>
/// <remarks>It owns nothing: the key that it is given stays its maker's.</remarks>
public sealed class AcmeAccountKey
{
    private const int CoordinateBytes = 32;

    private readonly ECDsa key;

    /// <param name="key">With its private part, on the curve P-256.</param>
    /// <exception cref="ArgumentException">It is on another curve.</exception>
    public AcmeAccountKey(ECDsa key)
    {
        this.key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        if (key.KeySize != CoordinateBytes * 8 || point.X is not { Length: CoordinateBytes } || point.Y is not { Length: CoordinateBytes })
            throw new ArgumentException("An account's key is on the curve P-256.", nameof(key));

        // In this order and without blanks it is also the form that is hashed (RFC 7638 §3.2).
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));
    }

    /// <summary>The public part as a JSON Web Key (RFC 7517 §4), in its canonical form.</summary>
    public string Jwk { get; }

    /// <summary>Its SHA-256 in base64url (RFC 7638 §3).</summary>
    public string Thumbprint { get; }

    /// <summary>What proves to the server that the holder of this account controls a name (RFC 8555 §8.1).</summary>
    /// <param name="token">Of the challenge.</param>
    public string AuthorizationFor(string token) => $"{token}.{Thumbprint}";

    /// <summary>Signs with ES256; the two numbers one behind the other (RFC 7518 §3.4).</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
