using System.Net;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>URLs as they stand in mail: their host, and the target behind a mail filter's link wrapper. Nothing is ever fetched.</summary>
internal static class UrlText
{
    /// <summary>The target of a wrapped link, or the URL itself.</summary>
    public static string Unwrap(string url)
    {
        // Two wrappers in each other occur where two filters follow one another.
        for (var i = 0; i < 3; i++)
        {
            var inner = Inner(url);
            if (inner is null)
                return url;
            url = inner;
        }

        return url;
    }

    private static string? Inner(string url)
    {
        var host = UrlHost.Behind(url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3));
        var target =
            host.EndsWith(".safelinks.protection.outlook.com", StringComparison.OrdinalIgnoreCase) ? Decoded(Query(url, "url"))
            : host.Equals("urldefense.proofpoint.com", StringComparison.OrdinalIgnoreCase) ? Proofpoint(url)
            : host.Equals("urldefense.com", StringComparison.OrdinalIgnoreCase) ? Proofpoint(url)
            : host.EndsWith("linkprotect.cudasvc.com", StringComparison.OrdinalIgnoreCase) ? Decoded(Query(url, "a"))
            : host.StartsWith("www.google.", StringComparison.OrdinalIgnoreCase) && url.Contains("/url?", StringComparison.Ordinal)
                ? Decoded(Query(url, "q") ?? Query(url, "url"))
            : null;
        return target is not null && Notation.IsUrl(target) && target.Length < url.Length ? target : null;
    }

    // v1 and v2 carry the target in "u", v2 with "-" for "%" and "_" for "/"; v3 has it between double underscores, and stars for
    // characters that it keeps elsewhere.
    private static string? Proofpoint(string url)
    {
        var v3 = url.IndexOf("/v3/__", StringComparison.Ordinal);
        if (v3 >= 0)
        {
            var end = url.IndexOf("__;", v3, StringComparison.Ordinal);
            return end < 0 ? null : url[(v3 + 6)..end];
        }

        var target = Query(url, "u");
        return target is null ? null
            : url.Contains("/v2/", StringComparison.Ordinal) ? Decoded(target.Replace('-', '%').Replace('_', '/'))
            : Decoded(target);
    }

    private static string? Query(string url, string name)
    {
        var at = url.IndexOf('?');
        if (at < 0)
            return null;
        foreach (var range in url.AsSpan(at + 1).SplitAny('&', ';'))
        {
            var pair = url.AsSpan(at + 1)[range];
            if (pair.StartsWith("amp;"))
                pair = pair[4..];
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return pair[(name.Length + 1)..].ToString();
        }

        return null;
    }

    private static string? Decoded(string? value) => value is null ? null : WebUtility.UrlDecode(value);
}
