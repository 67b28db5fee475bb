using System.Text;
using Mailreeve.Protocols.Dkim;
using NodaTime;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Signatures, chains and key records: a key record up to the first NUL, then a message.</summary>
internal static class DkimText
{
    public static readonly string[] Words =
    [
        "\0", "DKIM-Signature:", "ARC-Seal:", "ARC-Message-Signature:", "ARC-Authentication-Results:", "From:", "v=1;", "v=DKIM1;", "a=rsa-sha256;", "a=ed25519-sha256;",
        "c=relaxed/simple;", "d=alder.example;", "s=e1;", "h=From:To;", "bh=", "b=", "l=3;", "x=99999999999999999999;", "i=1;", "cv=none;", "p=", "k=ed25519;", "t=y:s;",
        "\r\n ", "\r\n", "\r\n\r\n", ";", "=", ":", " ", "\t", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ];

    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 15);

    public static void Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)0);
        var record = Encoding.UTF8.GetString(input, 0, Math.Max(0, end));
        var key = DkimKeyRecord.ReadOrNull(record, out var reason);
        Hold.That(key is null == reason.Length > 0, "A record that is none says why.");

        var message = DkimMessage.Read(input.AsMemory(end + 1));
        DkimKeyAnswer answer = new DkimKeyAnswer.Found([record]);
        var verification = DkimVerification.Begin(message);
        Hold.That(verification.Wanted.Count <= DkimVerification.SignaturesMax, "No more is looked up than the limit allows.");
        Hold.That(verification.Wanted.All(k => k.ToString().Length <= 253), "What is looked up is a name.");
        foreach (var verdict in verification.Judge(_ => answer, Now))
            Hold.That(verdict.Passes == (verdict.Reason.Length == 0), "What does not pass has a reason.");

        var chain = ArcVerification.Begin(message);
        var found = chain.Judge(_ => answer, Now);
        Hold.That(found.Links.Count <= ArcVerification.InstancesMax && (found.Result == ArcResult.Pass) == (found.Links.Count > 0), "A chain that passes has links.");
        Pieces(input);
    }

    // However a body is cut into pieces, it has one hash.
    private static void Pieces(byte[] input)
    {
        foreach (var form in (Canonicalization[])[Canonicalization.Simple, Canonicalization.Relaxed])
        {
            using var whole = new BodyHasher(form);
            using var pieces = new BodyHasher(form);
            whole.Append(input);
            var at = 0;
            foreach (var octet in input.Take(64))
            {
                var next = Math.Min(input.Length, at + (octet & 7));
                pieces.Append(input.AsSpan(at, next - at));
                at = next;
            }

            pieces.Append(input.AsSpan(at));
            Hold.That(whole.Finish().AsSpan().SequenceEqual(pieces.Finish()), "A body has one hash.");
        }
    }
}
