using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>Judges one signature whose key has been looked up (RFC 6376 §6.1).</summary>
internal static class SignatureCheck
{
    // RFC 8301 §3.2: verifiers take no key below 1024 bits; signers use 2048.
    private const int RsaBitsMin = 1024;
    private const int RsaBitsGood = 2048;

    // Clocks are not all right.
    private static readonly Duration ClockSkew = Duration.FromMinutes(5);

    /// <summary>The verdict on a signature of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="field">Which of its fields has the signature.</param>
    /// <param name="signature">What it says.</param>
    /// <param name="bodies">Hashes of the body.</param>
    /// <param name="answer">What the DNS said about its key.</param>
    /// <param name="now">The time.</param>
    public static DkimVerdict Judge(
        DkimMessage message, int field, DkimSignature signature, BodyHashes bodies, DkimKeyAnswer answer, Instant now)
    {
        if (signature.ExpiresAt is { } end && now - end > ClockSkew)
            return new DkimVerdict(DkimResult.Policy, "the signature has expired", signature);
        if (KeyOf(answer, signature, out var refused) is not { } key)
            return refused!;

        var verdict = new DkimVerdict(DkimResult.Pass, "", signature)
        {
            IsTesting = key.IsTesting,
            IsWeak = key.Algorithm == DkimAlgorithm.RsaSha256 && key.Bits < RsaBitsGood,
        };
        var (hash, length) = bodies.Of(signature.BodyForm, signature.BodyLength);
        if (signature.BodyLength > length)
            return verdict with { Result = DkimResult.PermError, Reason = "the body is shorter than what was signed" };
        if (!CryptographicOperations.FixedTimeEquals(hash, signature.BodyHash))
            return verdict with { Result = DkimResult.Fail, Reason = "the body was changed" };
        if (!key.Verifies(HashOf(message, field, signature), signature.Signature))
            return verdict with { Result = DkimResult.Fail, Reason = "the header was changed, or another key was used" };
        return verdict with { IsPartial = signature.BodyLength < length };
    }

    /// <summary>The key that can verify it; null, and why not.</summary>
    public static DkimKeyRecord? KeyOf(DkimKeyAnswer answer, DkimSignature signature, out DkimVerdict? refused)
    {
        var key = KeyOf(answer, signature.Algorithm, out var result, out var reason);
        if (key is { IsStrict: true } && !signature.Identity.EndsWith($"@{signature.Key.Domain}", StringComparison.OrdinalIgnoreCase))
            (key, result, reason) = (null, DkimResult.PermError, "the key allows no identity below the domain");
        refused = key is null ? new DkimVerdict(result, reason, signature) : null;
        return key;
    }

    /// <summary>The key that can verify signatures of that kind; null, and why not.</summary>
    public static DkimKeyRecord? KeyOf(DkimKeyAnswer answer, DkimAlgorithm algorithm, out DkimResult result, out string reason)
    {
        result = DkimResult.PermError;
        reason = "there is no key";
        if (answer is DkimKeyAnswer.Failed failed)
            (result, reason) = (DkimResult.TempError, $"the key could not be looked up: {failed.Reason}");
        if (answer is not DkimKeyAnswer.Found found)
            return null;

        // There should be one record; of several, the first that is a key.
        DkimKeyRecord? key = null;
        foreach (var text in found.Texts)
        {
            if ((key = DkimKeyRecord.ReadOrNull(text, out reason)) is not null)
                break;
        }

        if (key is null)
            return null;
        if (key.IsRevoked)
            reason = "the key was revoked";
        else if (key.Algorithm != algorithm)
            reason = "the key is of another kind";
        else if (!key.IsForMail)
            reason = "the key is not for mail";
        else if (key.Algorithm == DkimAlgorithm.RsaSha256 && key.Bits < RsaBitsMin)
            (result, reason) = (DkimResult.Policy, "the key is shorter than 1024 bits");
        else
            return key;
        return null;
    }

    private static byte[] HashOf(DkimMessage message, int field, DkimSignature signature)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        WriteFields(message, signature.SignedFields, signature.HeaderForm, output);
        var offset = message.ValueOffset(field);
        HeaderForm.WriteUnsigned(
            message.Field(field), (offset + signature.SignatureRange.Start, offset + signature.SignatureRange.End), signature.HeaderForm, output);
        return SHA256.HashData(output.WrittenSpan);
    }

    /// <summary>Writes the fields that are signed, in the order of the list.</summary>
    public static void WriteFields(DkimMessage message, IReadOnlyList<string> names, Canonicalization form, ArrayBufferWriter<byte> output)
    {
        var taken = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var count = taken.GetValueOrDefault(name);
            taken[name] = count + 1;
            if (message.FromBottom(Encoding.UTF8.GetBytes(name), count) is >= 0 and var index)
                HeaderForm.Write(message.Field(index), form, output);
        }
    }
}

/// <summary>Hashes of one body: each form and length is worked out once, however many signatures want it.</summary>
internal sealed class BodyHashes(ReadOnlySequence<byte> body)
{
    private readonly Dictionary<(Canonicalization, long?), (byte[] Hash, long Length)> known = [];

    public (byte[] Hash, long Length) Of(Canonicalization form, long? limit)
    {
        if (known.TryGetValue((form, limit), out var found))
            return found;
        using var hasher = new BodyHasher(form, limit);
        foreach (var piece in body)
            hasher.Append(piece.Span);
        return known[(form, limit)] = (hasher.Finish(), hasher.Length);
    }
}
