namespace Mailreeve.Protocols.Reports;

/// <summary>The host in a URL as reporters write it. Not by System.Uri: reported URLs are often none by its rules, and only the host is needed.</summary>
public static class UrlHost
{
    private const int LengthMax = 253;

    /// <summary>The host, a name or an address, as written, without the brackets of IPv6; <see langword="null"/> when there is none.</summary>
    public static string? Of(string? url)
    {
        if (url is null)
            return null;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var host = Behind(scheme < 0 ? url : url.AsSpan(scheme + 3));
        return host.IsEmpty ? null : host.ToString();
    }

    /// <summary>The host at the beginning of what follows "://"; empty when there is none.</summary>
    internal static ReadOnlySpan<char> Behind(ReadOnlySpan<char> afterScheme)
    {
        var end = afterScheme.IndexOfAny("/?#\\");
        var authority = end < 0 ? afterScheme : afterScheme[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        if (authority is ['[', ..])
        {
            var close = authority.IndexOf(']');
            return close < 0 ? [] : authority[1..close];
        }

        var port = authority.IndexOf(':');
        if (port >= 0)
            authority = authority[..port];
        return authority.Length > LengthMax ? [] : authority;
    }
}
