using System.Collections.Immutable;
using System.Globalization;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Spf;

/// <summary>What a directive looks at (RFC 7208 §5).</summary>
internal enum SpfMechanism
{
    All,
    Include,
    A,
    Mx,
    Ptr,
    Ip4,
    Ip6,
    Exists,
}

/// <summary>One directive: when its mechanism matches, this is the result.</summary>
/// <param name="Result">The result.</param>
/// <param name="Mechanism">What is looked at.</param>
/// <param name="Target">The name that is looked up; null for the domain itself.</param>
/// <param name="Network">For ip4 and ip6.</param>
/// <param name="Ip4Length">For a and mx: fixed bits of an IPv4 address, 0–32.</param>
/// <param name="Ip6Length">For a and mx: fixed bits of an IPv6 address, 0–128.</param>
internal sealed record SpfDirective(
    SpfResult Result, SpfMechanism Mechanism, SpfMacroText? Target = null, Prefix Network = default, int Ip4Length = 32, int Ip6Length = 128);

/// <summary>An SPF record (RFC 7208 §4.6 and §12).</summary>
/// <param name="Directives">In their order.</param>
/// <param name="Redirect">Whose record decides when nothing has matched; null for nobody's.</param>
/// <param name="Explanation">Where the explanation of a fail stands; null for nowhere.</param>
internal sealed record SpfRecord(ImmutableArray<SpfDirective> Directives, SpfMacroText? Redirect, SpfMacroText? Explanation)
{
    private const string Version = "v=spf1";

    /// <summary>Whether the text is an SPF record, good or bad (RFC 7208 §4.5).</summary>
    public static bool IsOne(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    // record = version terms *SP; terms = *( 1*SP ( directive / modifier ) )
    /// <summary>Reads a record. All of it: a mistake anywhere makes all of it void (RFC 7208 §4.6).</summary>
    /// <returns><see langword="null"/> when something is wrong.</returns>
    /// <param name="text">It begins with the version.</param>
    /// <param name="problem">What is wrong.</param>
    public static SpfRecord? TryParse(string text, out string problem)
    {
        var directives = ImmutableArray.CreateBuilder<SpfDirective>();
        SpfMacroText? redirect = null;
        SpfMacroText? explanation = null;
        foreach (var range in text.AsSpan(Version.Length).Split(' '))
        {
            var term = text.AsSpan(Version.Length)[range];
            problem = $"'{Printable(term)}' is malformed";
            if (term.IsEmpty)
                continue;
            if (ModifierName(term) is var name and > 0)
            {
                var value = term[(name + 1)..];
                var isRedirect = term[..name].Equals("redirect", StringComparison.OrdinalIgnoreCase);
                if (isRedirect || term[..name].Equals("exp", StringComparison.OrdinalIgnoreCase))
                {
                    // RFC 7208 §6: each of the two at most once.
                    ref var place = ref isRedirect ? ref redirect : ref explanation;
                    if (place is not null || SpfMacroText.ParseDomain(value) is not { } target)
                        return null;
                    place = target;
                }
                else if (SpfMacroText.Parse(value, isExplanation: false) is null)
                {
                    return null;
                }
            }
            else if (ParseDirective(term) is { } directive)
            {
                directives.Add(directive);
            }
            else
            {
                return null;
            }
        }

        problem = "";
        return new SpfRecord(directives.ToImmutable(), redirect, explanation);
    }

    // name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), then "="
    private static int ModifierName(ReadOnlySpan<char> term)
    {
        if (!char.IsAsciiLetter(term[0]))
            return 0;
        var length = 1;
        while (length < term.Length && (char.IsAsciiLetterOrDigit(term[length]) || term[length] is '-' or '_' or '.'))
            length++;
        return length < term.Length && term[length] == '=' ? length : 0;
    }

    // directive = [ qualifier ] mechanism; qualifier = "+" / "-" / "?" / "~"
    private static SpfDirective? ParseDirective(ReadOnlySpan<char> term)
    {
        var result = term[0] switch
        {
            '-' => SpfResult.Fail,
            '~' => SpfResult.SoftFail,
            '?' => SpfResult.Neutral,
            _ => SpfResult.Pass,
        };
        if (term[0] is '+' or '-' or '?' or '~')
            term = term[1..];
        var end = term.IndexOfAny(':', '/');
        var name = end < 0 ? term : term[..end];
        var rest = end < 0 ? default : term[end..];
        if (Is(name, "all"))
            return rest.IsEmpty ? new SpfDirective(result, SpfMechanism.All) : null;
        if (Is(name, "ip4"))
            return ParseNetwork(rest, isIp4: true) is { } network ? new SpfDirective(result, SpfMechanism.Ip4, Network: network) : null;
        if (Is(name, "ip6"))
            return ParseNetwork(rest, isIp4: false) is { } network ? new SpfDirective(result, SpfMechanism.Ip6, Network: network) : null;
        if (Is(name, "include"))
            return ParseNamed(result, SpfMechanism.Include, rest, isNeeded: true);
        if (Is(name, "exists"))
            return ParseNamed(result, SpfMechanism.Exists, rest, isNeeded: true);
        if (Is(name, "ptr"))
            return ParseNamed(result, SpfMechanism.Ptr, rest, isNeeded: false);
        if (Is(name, "a"))
            return ParseHost(result, SpfMechanism.A, rest);
        return Is(name, "mx") ? ParseHost(result, SpfMechanism.Mx, rest) : null;
    }

    private static bool Is(ReadOnlySpan<char> name, string mechanism) => name.Equals(mechanism, StringComparison.OrdinalIgnoreCase);

    private static SpfDirective? ParseNamed(SpfResult result, SpfMechanism mechanism, ReadOnlySpan<char> rest, bool isNeeded)
    {
        if (rest.IsEmpty)
            return isNeeded ? null : new SpfDirective(result, mechanism);
        return rest[0] == ':' && SpfMacroText.ParseDomain(rest[1..]) is { } target ? new SpfDirective(result, mechanism, target) : null;
    }

    // [ ":" domain-spec ] [ ip4-cidr-length ] [ "/" ip6-cidr-length ]. A slash may be part of the name, so the lengths are taken from the end.
    private static SpfDirective? ParseHost(SpfResult result, SpfMechanism mechanism, ReadOnlySpan<char> rest)
    {
        var (ip4, ip6) = (32, 128);
        if (TrailingLength(rest, "//") is var at6 and >= 0)
        {
            if (LengthOf(rest[(at6 + 2)..], 128) is not { } length)
                return null;
            ip6 = length;
            rest = rest[..at6];
        }

        if (TrailingLength(rest, "/") is var at4 and >= 0)
        {
            if (LengthOf(rest[(at4 + 1)..], 32) is not { } length)
                return null;
            ip4 = length;
            rest = rest[..at4];
        }

        if (rest.IsEmpty)
            return new SpfDirective(result, mechanism, Ip4Length: ip4, Ip6Length: ip6);
        return rest[0] == ':' && SpfMacroText.ParseDomain(rest[1..]) is { } target
            ? new SpfDirective(result, mechanism, target, Ip4Length: ip4, Ip6Length: ip6)
            : null;
    }

    private static int TrailingLength(ReadOnlySpan<char> rest, string slashes)
    {
        var digits = rest.Length;
        while (digits > 0 && char.IsAsciiDigit(rest[digits - 1]))
            digits--;
        return digits < rest.Length && rest[..digits].EndsWith(slashes, StringComparison.Ordinal) ? digits - slashes.Length : -1;
    }

    private static Prefix? ParseNetwork(ReadOnlySpan<char> rest, bool isIp4)
    {
        if (rest.IsEmpty || rest[0] != ':')
            return null;
        rest = rest[1..];
        var slash = rest.IndexOf('/');
        var length = slash < 0 ? (isIp4 ? 32 : 128) : LengthOf(rest[(slash + 1)..], isIp4 ? 32 : 128);
        var text = slash < 0 ? rest : rest[..slash];
        // What may be written around an address elsewhere, brackets and "IPv6:", may not here.
        if (length is not { } bits || text.ContainsAny('[', 'v', 'V') || text.Contains(':') == isIp4 || !Address.TryParse(text, out var address))
            return null;
        return new Prefix(address, isIp4 ? 96 + bits : bits);
    }

    // Leading zeros are as wrong here as they are in an address.
    private static int? LengthOf(ReadOnlySpan<char> digits, int max) =>
        digits.Length is > 0 and < 4 && (digits.Length == 1 || digits[0] != '0')
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= max
            ? length
            : null;

    private static string Printable(ReadOnlySpan<char> term)
    {
        Span<char> clean = stackalloc char[Math.Min(term.Length, 80)];
        for (var i = 0; i < clean.Length; i++)
            clean[i] = term[i] is > ' ' and <= '~' ? term[i] : '?';
        return clean.ToString();
    }
}
