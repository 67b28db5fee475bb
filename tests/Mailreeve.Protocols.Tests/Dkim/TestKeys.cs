using System.Security.Cryptography;
using Mailreeve.Protocols.Dkim;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Dkim;

/// <summary>Keys of alder.example, and a DNS that knows them.</summary>
internal static class TestKeys
{
    public static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 15, 30);

    private static readonly Lazy<DkimSigningKey> RsaKey = new(() => Rsa("r1", 2048));

    public static DkimSigningKey Rsa2048 => RsaKey.Value;

    public static DkimSigningKey Ed25519 { get; } =
        DkimSigningKey.From(new DkimKeyName("e1", "alder.example"), DkimAlgorithm.Ed25519Sha256, [.. Enumerable.Range(1, 32).Select(n => (byte)n)]);

    public static IReadOnlyList<DkimSigningKey> Both => [Rsa2048, Ed25519];

    public static DkimSigningKey Rsa(string selector, int bits)
    {
        using var rsa = RSA.Create(bits);
        return DkimSigningKey.From(new DkimKeyName(selector, "alder.example"), DkimAlgorithm.RsaSha256, rsa.ExportPkcs8PrivateKey());
    }

    public static DkimKeyAnswer Answer(DkimKeyName name) =>
        Both.FirstOrDefault(k => k.Name == name) is { } key ? new DkimKeyAnswer.Found([key.RecordText]) : new DkimKeyAnswer.Missing();

    public static byte[] Signed(byte[] message, params IReadOnlyList<DkimSigningKey> keys)
    {
        var read = DkimMessage.Read(message);
        var signer = DkimSigner.Of(read, BodyHasher.Of(read.Body, Canonicalization.Relaxed));
        return [.. keys.SelectMany(k => signer.Sign(k, Now)), .. message];
    }

    public static IReadOnlyList<DkimVerdict> Verify(byte[] message) => Verify(message, Answer);

    public static IReadOnlyList<DkimVerdict> Verify(byte[] message, Func<DkimKeyName, DkimKeyAnswer> answer) =>
        DkimVerification.Begin(DkimMessage.Read(message)).Judge(answer, Now);
}
