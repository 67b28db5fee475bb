using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>What an ARC-Seal says (RFC 8617 §4.1.3).</summary>
internal sealed record ArcSeal
{
    /// <summary>How it was made.</summary>
    public required DkimAlgorithm Algorithm { get; init; }

    /// <summary>Whose key to look up.</summary>
    public required DkimKeyName Key { get; init; }

    /// <summary>What the sealer found of the chain before: none, pass or fail.</summary>
    public required string ChainState { get; init; }

    /// <summary>The seal.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>When it was made.</summary>
    public Instant? SealedAt { get; init; }

    /// <summary>Where the value of <c>b=</c> lies in the field's value.</summary>
    public (int Start, int End) SignatureRange { get; init; }

    /// <summary>Reads one.</summary>
    public static ArcSeal? ReadOrNull(ReadOnlyMemory<byte> value, out string reason)
    {
        if (TagList.ReadOrNull(value, out reason) is not { } tags)
            return null;
        // "ARC-Seal … MUST NOT contain h": it would let a seal cover less than it must.
        reason = "it names fields";
        if (tags.TryFind("h"u8, out _))
            return null;
        if (DkimSignature.AlgorithmOf(tags.TextOrNull("a"u8), out reason) is not { } algorithm || DkimSignature.KeyOf(tags, out reason) is not { } key)
            return null;
        reason = "the tag b is no signature";
        if (!tags.TryFind("b"u8, out var octets) || TagList.Base64OrNull(octets, 1024) is not { Length: > 0 } signature)
            return null;
        reason = "the tag t is no time";
        if (!DkimSignature.TryTime(tags.TextOrNull("t"u8), out var at))
            return null;
        reason = "it says nothing about the chain";
        var state = tags.TextOrNull("cv"u8)?.ToLowerInvariant();
        if (state is not ("none" or "pass" or "fail"))
            return null;
        reason = "";
        return new ArcSeal
        {
            Algorithm = algorithm,
            Key = key,
            ChainState = state,
            Signature = signature,
            SealedAt = at,
            SignatureRange = tags.RangeOf("b"u8),
        };
    }
}
