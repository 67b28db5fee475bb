using System.Globalization;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>How serious a policy is (RFC 8461 §5).</summary>
public enum StsMode
{
    /// <summary>There is no policy any more.</summary>
    None,

    /// <summary>What it would refuse is only reported.</summary>
    Testing,

    /// <summary>It holds.</summary>
    Enforce,
}

/// <summary>What a domain demands of those who send it mail (RFC 8461 §3.2).</summary>
/// <param name="Mode">How serious it is.</param>
/// <param name="MaxAge">How long it may be kept.</param>
/// <param name="Hosts">Names of its mail hosts in lower case; <c>*.</c> stands for one label. Empty only with <see cref="StsMode.None"/>.</param>
public sealed record StsPolicy(StsMode Mode, Duration MaxAge, IReadOnlyList<string> Hosts)
{
    /// <summary>Largest policy read, in octets (RFC 8461 §3.3 suggests 64 kilobytes).</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>Longest time it may be kept: about a year (RFC 8461 §3.2).</summary>
    public static readonly Duration MaxAgeMax = Duration.FromSeconds(31_557_600);

    private const int HostsMax = 100;

    // sts-policy-record = sts-policy-field *WSP *(sts-policy-term sts-policy-field *WSP) [sts-policy-term]; term = LF / CRLF
    // Of a field that comes twice the first one counts, except for mx.
    /// <summary>Reads a policy.</summary>
    /// <param name="text">What was fetched.</param>
    /// <returns><see langword="null"/> when it is none.</returns>
    public static StsPolicy? ParseOrNull(ReadOnlySpan<byte> text)
    {
        if (text.Length > BytesMax || !Ascii.IsValid(text))
            return null;
        string? version = null, mode = null, maxAge = null;
        var hosts = new List<string>();
        foreach (var line in Encoding.ASCII.GetString(text).Split('\n', StringSplitOptions.TrimEntries).Where(l => l.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
                return null;
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon])
            {
                case "version":
                    version ??= value;
                    break;
                case "mode":
                    mode ??= value;
                    break;
                case "max_age":
                    maxAge ??= value;
                    break;
                case "mx" when hosts.Count == HostsMax || !IsPattern(value):
                    return null;
                case "mx":
                    hosts.Add(value.ToLowerInvariant());
                    break;
            }
        }

        return version == "STSv1" && ModeOf(mode) is { } known && AgeOf(maxAge) is { } age && (hosts.Count > 0 || known == StsMode.None)
            ? new StsPolicy(known, age, hosts)
            : null;
    }

    /// <summary>Whether mail may go to this host (RFC 8461 §4.1): a wildcard stands for exactly the first label.</summary>
    /// <param name="host">Its name, without a final dot.</param>
    public bool Allows(string host)
    {
        var parent = host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? host.AsSpan(dot + 1) : default;
        foreach (var pattern in Hosts)
        {
            if (pattern.StartsWith("*.", StringComparison.Ordinal) ? DomainNameIs(pattern.AsSpan(2), parent) : DomainNameIs(pattern, host))
                return true;
        }

        return false;
    }

    private static bool DomainNameIs(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        !name.IsEmpty && Smtp.DomainName.Same(pattern, name);

    private static bool IsPattern(string value)
    {
        var name = value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value;
        return Smtp.DomainName.IsValid(Encoding.ASCII.GetBytes(name));
    }

    private static StsMode? ModeOf(string? text) => text switch
    {
        "enforce" => StsMode.Enforce,
        "testing" => StsMode.Testing,
        "none" => StsMode.None,
        _ => null,
    };

    // sts-policy-max-age-field-value = 1*10(DIGIT)
    private static Duration? AgeOf(string? text)
    {
        if (text is not { Length: > 0 and <= 10 } || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return Duration.Min(Duration.FromSeconds(seconds), MaxAgeMax);
    }
}
