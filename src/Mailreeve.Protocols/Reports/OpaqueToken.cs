using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Tells tokens from words. A sender who gives each recipient another token in a link finds the complainant by it, so links keep
/// their host and readable path and lose the rest.
/// </summary>
internal static class OpaqueToken
{
    /// <summary>Digits of hexadecimal numbers.</summary>
    public static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> HexOrDash = SearchValues.Create("0123456789abcdefABCDEF-");

    public static bool IsUrl(string token) =>
        token.Contains("://", StringComparison.Ordinal) || token.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
        || token.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase);

    /// <summary>A word of running text that is no word: at least 16 characters.</summary>
    public static bool InText(string token)
    {
        var rest = WithoutMarks(token);
        return rest.Length >= 16 && IsOpaque(rest, shortest: 16);
    }

    /// <summary>The link with its host and readable parts, the rest hashed.</summary>
    public static string RedactUrl(string url, Func<string, string> hash, Func<string, bool> decodesToSecret)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var begin = scheme < 0 ? url.IndexOf(':') + 1 : scheme + 3;
        var pathAt = url.AsSpan(begin).IndexOfAny("/?#");
        var pathBegin = pathAt < 0 ? url.Length : begin + pathAt;
        var queryAt = url.AsSpan(pathBegin).IndexOfAny("?#");
        var queryBegin = queryAt < 0 ? url.Length : pathBegin + queryAt;

        string Part(string text, bool value) => decodesToSecret(text) || (value ? IsValue(text) : IsSegment(text)) ? hash(text) : text;

        var result = new StringBuilder(url, 0, begin, url.Length);
        result.AppendJoin('.', Host(url[begin..pathBegin], hash).Split('.').Select(label => Part(label, value: false)));
        result.AppendJoin('/', url[pathBegin..queryBegin].Split('/').Select(segment => Part(segment, value: false)));
        if (queryBegin < url.Length)
            result.Append(url[queryBegin]).AppendJoin('&', url[(queryBegin + 1)..].Split('&').Select(pair => Pair(pair, Part)));
        return result.ToString();
    }

    private static string Host(string authority, Func<string, string> hash)
    {
        var at = authority.LastIndexOf('@');
        return at < 0 ? authority : $"{hash(authority[..at])}@{authority[(at + 1)..]}";
    }

    private static string Pair(string pair, Func<string, bool, string> part)
    {
        var equals = pair.IndexOf('=');
        return equals < 0 ? part(pair, true) : $"{part(pair[..equals], false)}={part(pair[(equals + 1)..], true)}";
    }

    // Query values are tokens more often than not: only short ones and plain words stay.
    private static bool IsValue(string text)
    {
        var rest = WithoutMarks(text);
        if (rest.Length <= 3)
            return false;
        return rest.Length > 12 || rest.Any(c => !char.IsAsciiLetter(c)) || IsOpaque(rest, shortest: 6);
    }

    private static bool IsSegment(string text) => WithoutMarks(text) is { Length: >= 6 } rest && IsOpaque(rest, shortest: 6);

    private static bool IsOpaque(string text, int shortest)
    {
        if (text.Length >= Math.Max(12, shortest) && !text.AsSpan().ContainsAnyExcept(HexOrDash) && text.Any(char.IsAsciiDigit))
            return true;
        if (text.Length >= 20 && text.Count(char.IsAsciiDigit) >= 3 && text.Count(char.IsAsciiLetterUpper) >= 2 && text.Count(char.IsAsciiLetterLower) >= 2)
            return true;
        foreach (var range in text.AsSpan().SplitAny("-_.~+,;:%"))
            if (IsOpaqueRun(text.AsSpan()[range], shortest))
                return true;
        return false;
    }

    private static bool IsOpaqueRun(ReadOnlySpan<char> run, int shortest)
    {
        if (run.Length < shortest)
            return false;
        int digits = 0, letters = 0, switches = 0;
        for (var i = 0; i < run.Length; i++)
        {
            digits += char.IsAsciiDigit(run[i]) ? 1 : 0;
            letters += char.IsLetter(run[i]) ? 1 : 0;
            switches += i > 0 && char.IsAsciiLetterUpper(run[i]) && char.IsAsciiLetterLower(run[i - 1]) ? 1 : 0;
        }

        if (run.Length >= 25 && letters + digits == run.Length)
            return true;
        return (digits >= 2 && letters >= 2) || digits >= 6 || switches >= 3 || (digits >= 1 && switches >= 1);
    }

    // Hashes put in by an earlier step look like tokens; they are not.
    private static string WithoutMarks(string text)
    {
        const string Marker = "redacted-";
        while (text.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at)
            text = text.Remove(at, Math.Min(Marker.Length + 12, text.Length - at));
        return text;
    }
}
