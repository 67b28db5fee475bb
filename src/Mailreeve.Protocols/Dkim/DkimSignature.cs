using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>What one signature says: a DKIM-Signature (RFC 6376 §3.5) or an ARC-Message-Signature (RFC 8617 §4.1.2).</summary>
public sealed record DkimSignature
{
    private const int SignedFieldsMax = 200;
    private const int SignatureBytesMax = 1024;

    /// <summary>How it was made.</summary>
    public required DkimAlgorithm Algorithm { get; init; }

    /// <summary>Whose key to look up.</summary>
    public required DkimKeyName Key { get; init; }

    /// <summary>Whom it speaks for (<c>i=</c>), an address in the domain or below it; the domain with an <c>@</c> when it does not say.</summary>
    public required string Identity { get; init; }

    /// <summary>Form of the header fields.</summary>
    public required Canonicalization HeaderForm { get; init; }

    /// <summary>Form of the body.</summary>
    public required Canonicalization BodyForm { get; init; }

    /// <summary>Names of the fields that are signed, in their order. <c>From</c> is among them.</summary>
    public required IReadOnlyList<string> SignedFields { get; init; }

    /// <summary>Hash of the body.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>The signature.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>Octets of the body that are signed; null for all. What follows them can be anybody's (RFC 6376 §8.2).</summary>
    public long? BodyLength { get; init; }

    /// <summary>When it was made.</summary>
    public Instant? SignedAt { get; init; }

    /// <summary>When it ends.</summary>
    public Instant? ExpiresAt { get; init; }

    /// <summary>Where the value of <c>b=</c> lies in the field's value.</summary>
    internal (int Start, int End) SignatureRange { get; init; }

    /// <summary>Reads the value of a DKIM-Signature field.</summary>
    /// <param name="value">What follows the colon.</param>
    /// <param name="reason">What is wrong with it, when something is.</param>
    /// <returns><see langword="null"/> when it is none that can be verified.</returns>
    public static DkimSignature? ReadOrNull(ReadOnlyMemory<byte> value, out string reason) =>
        TagList.ReadOrNull(value, out reason) is not { } tags ? null : Read(tags, isArc: false, out reason);

    /// <summary>The same of an ARC-Message-Signature: no version, and <c>i=</c> is the number of its set.</summary>
    internal static DkimSignature? ReadArcOrNull(TagList tags, out string reason) => Read(tags, isArc: true, out reason);

    /// <summary>The algorithm of that name.</summary>
    /// <param name="name">As in <c>a=</c>.</param>
    /// <param name="reason">Why there is none.</param>
    internal static DkimAlgorithm? AlgorithmOf(string? name, out string reason)
    {
        DkimAlgorithm? algorithm = name switch
        {
            "rsa-sha256" => DkimAlgorithm.RsaSha256,
            "ed25519-sha256" => DkimAlgorithm.Ed25519Sha256,
            _ => null,
        };
        reason = algorithm is not null ? "" : name switch
        {
            null => "the tag a is missing",
            "rsa-sha1" => "SHA-1 is no longer taken (RFC 8301)",
            _ => "the algorithm is not known",
        };
        return algorithm;
    }

    private static DkimSignature? Read(TagList tags, bool isArc, out string reason)
    {
        if (!isArc && tags.TextOrNull("v"u8) != "1")
            reason = "the version is not 1";
        else if (AlgorithmOf(tags.TextOrNull("a"u8), out reason) is { } algorithm
            && KeyOf(tags, out reason) is { } key
            && FormsOf(tags.TextOrNull("c"u8), out reason) is var (header, body)
            && FieldsOf(tags, isArc, out reason) is { } signed
            && OctetsOf(tags, out reason) is var (signature, bodyHash)
            && TryLength(tags, out var length, out reason)
            && TryTimes(tags, out var signedAt, out var expiresAt, out reason)
            && IdentityOf(tags, key, isArc, out reason) is { } identity)
        {
            return new DkimSignature
            {
                Algorithm = algorithm,
                Key = key,
                Identity = identity,
                HeaderForm = header,
                BodyForm = body,
                SignedFields = signed,
                BodyHash = bodyHash,
                Signature = signature,
                BodyLength = length,
                SignedAt = signedAt,
                ExpiresAt = expiresAt,
                SignatureRange = tags.RangeOf("b"u8),
            };
        }

        return null;
    }

    internal static DkimKeyName? KeyOf(TagList tags, out string reason)
    {
        var key = tags.TextOrNull("s"u8) is { } selector && tags.TextOrNull("d"u8) is { } domain ? DkimKeyName.Of(selector, domain) : null;
        reason = key is null ? "the tags d and s name no key" : "";
        return key;
    }

    private static (Canonicalization Header, Canonicalization Body)? FormsOf(string? text, out string reason)
    {
        reason = "";
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (FormOf(slash < 0 ? text : text![..slash]) is { } header && FormOf(slash < 0 ? null : text![(slash + 1)..]) is { } body)
            return (header, body);
        reason = "the canonicalization is not known";
        return null;
    }

    private static Canonicalization? FormOf(string? name) => name switch
    {
        null or "simple" => Canonicalization.Simple,
        "relaxed" => Canonicalization.Relaxed,
        _ => null,
    };

    private static List<string>? FieldsOf(TagList tags, bool isArc, out string reason)
    {
        reason = "the tag h is missing";
        if (!tags.TryFind("h"u8, out var value))
            return null;
        reason = "too many fields are signed";
        if (value.Count((byte)':') >= SignedFieldsMax)
            return null;
        var names = TagList.Parts(value);
        reason = names.Exists(n => n.Length == 0) ? "the tag h names no field"
            : !names.Exists(n => n.Equals("From", StringComparison.OrdinalIgnoreCase)) ? "the field From is not signed"
            : isArc && names.Exists(n => n.Equals("ARC-Seal", StringComparison.OrdinalIgnoreCase)) ? "an ARC-Seal must not be signed by a message signature"
            : "";
        return reason.Length == 0 ? names : null;
    }

    private static (byte[] Signature, byte[] BodyHash)? OctetsOf(TagList tags, out string reason)
    {
        reason = "the tag b is no signature";
        if (!tags.TryFind("b"u8, out var value) || TagList.Base64OrNull(value, SignatureBytesMax) is not { Length: > 0 } signature)
            return null;
        reason = "the tag bh is no hash";
        if (!tags.TryFind("bh"u8, out value) || TagList.Base64OrNull(value, 64) is not { Length: 32 } bodyHash)
            return null;
        reason = "";
        return (signature, bodyHash);
    }

    private static bool TryLength(TagList tags, out long? length, out string reason)
    {
        length = null;
        reason = "";
        if (tags.TextOrNull("l"u8) is not { } text)
            return true;
        if (TryNumber(text, out var number))
            length = number;
        else
            reason = "the tag l is no number";
        return length is not null;
    }

    private static bool TryTimes(TagList tags, out Instant? signedAt, out Instant? expiresAt, out string reason)
    {
        reason = "";
        expiresAt = null;
        if (!TryTime(tags.TextOrNull("t"u8), out signedAt) || !TryTime(tags.TextOrNull("x"u8), out expiresAt))
            reason = "the tag t or x is no time";
        else if (signedAt is { } from && expiresAt is { } to && to <= from)
            reason = "it ends before it was made";
        return reason.Length == 0;
    }

    internal static bool TryTime(string? text, out Instant? time)
    {
        time = null;
        if (text is null)
            return true;
        // Seconds since 1970; more than twelve digits are as good as never (RFC 6376 §3.5).
        if (!TryNumber(text, out var seconds) || seconds < 0)
            return false;
        time = seconds <= 200_000_000_000 ? Instant.FromUnixTimeSeconds(seconds) : Instant.MaxValue;
        return true;
    }

    private static bool TryNumber(string text, out long number)
    {
        number = long.MaxValue;
        if (text.Length is 0 or > 76 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        return text.Length > 18 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string? IdentityOf(TagList tags, DkimKeyName key, bool isArc, out string reason)
    {
        reason = "";
        if (isArc || tags.TextOrNull("i"u8) is not { } identity)
            return $"@{key.Domain}";
        var at = identity.LastIndexOf('@');
        var domain = at < 0 ? null : DkimKeyName.Of("s", identity[(at + 1)..])?.Domain;
        if (domain is not null && (DomainName.Same(domain, key.Domain) || domain.EndsWith($".{key.Domain}", StringComparison.Ordinal)))
            return identity;
        reason = "the tag i is not within the domain";
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder().Append(Key).Append(' ').Append(Algorithm).ToString();
}
