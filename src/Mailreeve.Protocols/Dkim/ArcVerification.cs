using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>
/// Verifies the chain of a message that came through others (RFC 8617 §5.2) in two steps: what must be looked up, and the verdict once
/// it has been.
/// </summary>
public sealed class ArcVerification
{
    /// <summary>Links that a chain may have (RFC 8617 §4.2.1).</summary>
    public const int InstancesMax = 50;

    private readonly DkimMessage message;
    private readonly List<ArcSet> sets;
    private readonly string? broken;

    private ArcVerification(DkimMessage message, List<ArcSet> sets, string? broken) => (this.message, this.sets, this.broken) = (message, sets, broken);

    /// <summary>Names whose TXT records must be looked up, each once; none when there is nothing to verify.</summary>
    public IReadOnlyList<DkimKeyName> Wanted =>
        broken is not null ? [] : [.. sets.SelectMany(s => new[] { s.Signature.Key, s.Seal.Key }).Distinct()];

    /// <summary>The number that the next link gets; 0 when none may be added.</summary>
    internal int NextInstance => sets.Count < InstancesMax ? sets.Count + 1 : 0;

    internal IReadOnlyList<ArcSet> Sets => sets;

    /// <summary>Reads the chain of a message.</summary>
    public static ArcVerification Begin(DkimMessage message)
    {
        var parts = new SortedDictionary<int, ArcParts>();
        var broken = message.IsTooLong ? "the header has too many fields"
            : Collect(message, "ARC-Authentication-Results"u8.ToArray(), parts, (p, i) => p.Results.Add(i))
            ?? Collect(message, "ARC-Message-Signature"u8.ToArray(), parts, (p, i) => p.Signatures.Add(i))
            ?? Collect(message, "ARC-Seal"u8.ToArray(), parts, (p, i) => p.Seals.Add(i));
        var sets = new List<ArcSet>();
        if (broken is null)
            broken = Assemble(message, parts, sets);
        return new ArcVerification(message, sets, broken);
    }

    /// <summary>The verdict.</summary>
    /// <param name="answer">What the DNS said about a name in <see cref="Wanted"/>.</param>
    /// <param name="now">The time.</param>
    public ArcVerdict Judge(Func<DkimKeyName, DkimKeyAnswer> answer, Instant now)
    {
        if (broken is not null)
            return new ArcVerdict(ArcResult.Fail, broken);
        if (sets.Count == 0)
            return new ArcVerdict(ArcResult.None, "the message has no chain");

        var bodies = new BodyHashes(message.Body);
        var newest = JudgeSignature(sets[^1], bodies, answer, now);
        if (!newest.Passes)
            return Failed(newest.Result, $"the newest message signature: {newest.Reason}");
        for (var i = sets.Count; i > 0; i--)
        {
            if (JudgeSeal(i, answer) is { } failed)
                return failed;
        }

        return new ArcVerdict(ArcResult.Pass, "")
        {
            Links = [.. sets.Select(s => new ArcLink(s.Instance, s.Seal.Key.Domain, s.Results))],
            OldestPass = OldestPass(bodies, answer, now),
        };
    }

    // Each from the newest down; the first that fails says that whoever sealed after it changed the message.
    private int OldestPass(BodyHashes bodies, Func<DkimKeyName, DkimKeyAnswer> answer, Instant now)
    {
        var oldest = sets.Count;
        while (oldest > 1 && JudgeSignature(sets[oldest - 2], bodies, answer, now).Passes)
            oldest--;
        return oldest;
    }

    private DkimVerdict JudgeSignature(ArcSet set, BodyHashes bodies, Func<DkimKeyName, DkimKeyAnswer> answer, Instant now) =>
        SignatureCheck.Judge(message, set.SignatureField, set.Signature, bodies, answer(set.Signature.Key), now);

    private ArcVerdict? JudgeSeal(int instance, Func<DkimKeyName, DkimKeyAnswer> answer)
    {
        var set = sets[instance - 1];
        if (SignatureCheck.KeyOf(answer(set.Seal.Key), set.Seal.Algorithm, out var result, out var reason) is not { } key)
            return Failed(result, Words(instance, reason));
        var output = new ArrayBufferWriter<byte>(4096);
        WriteSets(message, sets, instance - 1, output);
        HeaderForm.Write(message.Field(set.ResultsField), Canonicalization.Relaxed, output);
        HeaderForm.Write(message.Field(set.SignatureField), Canonicalization.Relaxed, output);
        var offset = message.ValueOffset(set.SealField);
        HeaderForm.WriteUnsigned(
            message.Field(set.SealField), (offset + set.Seal.SignatureRange.Start, offset + set.Seal.SignatureRange.End), Canonicalization.Relaxed, output);
        return key.Verifies(SHA256.HashData(output.WrittenSpan), set.Seal.Signature)
            ? null
            : new ArcVerdict(ArcResult.Fail, Words(instance, "it was changed, or another key was used"));
    }

    /// <summary>Writes whole sets in the order in which they are sealed: each one's results, signature and seal (RFC 8617 §5.1.1).</summary>
    internal static void WriteSets(DkimMessage message, IReadOnlyList<ArcSet> sets, int count, ArrayBufferWriter<byte> output)
    {
        for (var i = 0; i < count; i++)
        {
            HeaderForm.Write(message.Field(sets[i].ResultsField), Canonicalization.Relaxed, output);
            HeaderForm.Write(message.Field(sets[i].SignatureField), Canonicalization.Relaxed, output);
            HeaderForm.Write(message.Field(sets[i].SealField), Canonicalization.Relaxed, output);
        }
    }

    private static ArcVerdict Failed(DkimResult result, string reason) =>
        new(result == DkimResult.TempError ? ArcResult.TempError : ArcResult.Fail, reason);

    private static string Words(int instance, string reason) => string.Create(CultureInfo.InvariantCulture, $"seal {instance}: {reason}");

    private static string? Collect(DkimMessage message, byte[] name, SortedDictionary<int, ArcParts> parts, Action<ArcParts, int> add)
    {
        var seen = 0;
        foreach (var field in message.Named(name))
        {
            if (++seen > InstancesMax)
                return "the chain is too long";
            if (InstanceOf(message.Value(field).Span) is not { } instance)
                return "a field of the chain has no number";
            if (!parts.TryGetValue(instance, out var found))
                parts[instance] = found = new ArcParts();
            add(found, field);
        }

        return null;
    }

    // arc-info = instance [CFWS] ";" …  In the other two the tag i may stand anywhere.
    private static int? InstanceOf(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)';'))
        {
            var tag = value[range].Trim(" \t\r\n"u8);
            if (tag.IsEmpty || tag[0] != 'i')
                continue;
            tag = tag[1..].TrimStart(" \t\r\n"u8);
            if (tag.IsEmpty || tag[0] != '=')
                continue;
            tag = tag[1..].TrimStart(" \t\r\n"u8);
            return System.Buffers.Text.Utf8Parser.TryParse(tag, out int number, out var used) && used == tag.Length && number is >= 1 and <= InstancesMax
                ? number
                : null;
        }

        return null;
    }

    // RFC 8617 §5.2, step 3: sets without gaps and without doubles, and each seal says that the chain was whole when it was made.
    private static string? Assemble(DkimMessage message, SortedDictionary<int, ArcParts> parts, List<ArcSet> sets)
    {
        foreach (var (instance, part) in parts)
        {
            if (instance != sets.Count + 1)
                return "the chain has a gap";
            if (part is not { Results: [var results], Signatures: [var signature], Seals: [var seal] })
                return "a set of the chain is not complete, or something is there twice";
            if (ArcSeal.ReadOrNull(message.Value(seal), out var reason) is not { } readSeal)
                return Words(instance, reason);
            if (TagList.ReadOrNull(message.Value(signature), out reason) is not { } tags || DkimSignature.ReadArcOrNull(tags, out reason) is not { } readSignature)
                return string.Create(CultureInfo.InvariantCulture, $"message signature {instance}: {reason}");
            if (readSeal.ChainState != (instance == 1 ? "none" : "pass"))
                return Words(instance, readSeal.ChainState == "fail" ? "whoever made it found the chain broken" : "it does not say what it must about the chain");
            sets.Add(new ArcSet(instance, results, signature, seal, readSignature, readSeal, ResultsOf(message.Value(results).Span)));
        }

        return null;
    }

    private static string ResultsOf(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return Encoding.UTF8.GetString(value[(semicolon + 1)..].Trim(" \t\r\n"u8));
    }

    private sealed class ArcParts
    {
        public List<int> Results { get; } = [];

        public List<int> Signatures { get; } = [];

        public List<int> Seals { get; } = [];
    }
}

/// <summary>The three fields of one link.</summary>
internal sealed record ArcSet(int Instance, int ResultsField, int SignatureField, int SealField, DkimSignature Signature, ArcSeal Seal, string Results);
