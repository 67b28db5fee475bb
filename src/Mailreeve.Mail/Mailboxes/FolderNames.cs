using System.Text;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>Names of folders: levels separated by <c>/</c>; INBOX in capitals however it is written (RFC 3501 §5.1).</summary>
internal static class FolderNames
{
    public const string Inbox = "INBOX";

    // Octets: room for some levels in any script, and far below what a line of LIST may hold.
    private const int BytesMax = 255;

    /// <summary>The name as it is kept; null when it cannot be one.</summary>
    public static string? Normalized(string name)
    {
        name = name.TrimEnd('/');
        if (name.Equals(Inbox, StringComparison.OrdinalIgnoreCase))
            return Inbox;
        if (name.StartsWith($"{Inbox}/", StringComparison.OrdinalIgnoreCase))
            name = Inbox + name[Inbox.Length..];
        var bad = name.Length == 0 || Encoding.UTF8.GetByteCount(name) > BytesMax || name.Any(char.IsControl) || name.AsSpan().ContainsAny('*', '%')
            || name.Split('/').Any(level => level.Length == 0 || level.Trim() != level || level is "." or "..");
        return bad ? null : name.Normalize(NormalizationForm.FormC);
    }

    /// <summary>The names above, from the top.</summary>
    public static IEnumerable<string> Above(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }

    /// <summary>Whether a folder lies below another.</summary>
    public static bool IsBelow(string name, string above) => name.StartsWith($"{above}/", StringComparison.Ordinal);
}
