namespace Mailreeve.Protocols.Reports;

/// <summary>The host in a URL as reporters write it.</summary>
public static class UrlHost
{
    /// <summary>
    /// The host, a name or an address, as written; <see langword="null"/> when there is none. Not by System.Uri: reported URLs are often
    /// none by its rules, and only the host is needed.
    /// </summary>
    public static string? Of(string? url)
    {
        if (url is null)
            return null;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? url.AsSpan() : url.AsSpan(scheme + 3);
        var end = rest.IndexOfAny("/?#\\");
        var authority = end < 0 ? rest : rest[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        var port = authority.LastIndexOf(':');
        if (port > authority.LastIndexOf(']'))
            authority = authority[..port];
        return authority.IsEmpty || authority.Length > 255 ? null : authority.ToString();
    }
}
