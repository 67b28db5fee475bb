using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>Which kind of abuse a feed, a classification, the name of a malware or a subject means (Data/kinds.tsv).</summary>
internal static class KindWords
{
    private const int TextCharsMax = 300;

    private static readonly List<(string Pattern, bool IsPrefix, AbuseType Kind)> Feeds = [];
    private static readonly List<(string Phrase, AbuseType Kind)> Phrases = [];

    static KindWords()
    {
        foreach (var cells in DataTable.Rows("kinds.tsv"))
        {
            var kind = KindOf(cells[2], cells.Length > 3 ? cells[3] : null);
            if (cells[0] == "feed")
                Feeds.Add((cells[1].TrimEnd('*'), cells[1].EndsWith('*'), kind));
            else
                Phrases.Add((cells[1].EndsWith('*') ? " " + cells[1].TrimEnd('*') : $" {cells[1]} ", kind));
        }
    }

    /// <summary>The kind that the phrases of the text mean, or null.</summary>
    public static AbuseType? Find(string text)
    {
        var words = Normalise(text);
        foreach (var (phrase, kind) in Phrases)
            if (words.Contains(phrase, StringComparison.Ordinal))
                return kind;
        return null;
    }

    /// <summary>
    /// The feed that a file holds, by the naming that Shadowserver publishes: <c>2024-02-29-scan_ntp-203_0_113_0-24.csv.zip</c>.
    /// </summary>
    /// <returns>Its name without what only tells the version of IP, and its kind; null for another naming or an unknown feed.</returns>
    public static (string Feed, AbuseType Kind)? OfFile(string fileName)
    {
        var name = fileName.AsSpan();
        if (name.Length < 12 || name[4] != '-' || name[7] != '-' || name[10] != '-' || !char.IsAsciiDigit(name[0]) || !char.IsAsciiDigit(name[8]))
            return null;
        name = name[11..];
        var end = name.IndexOfAny('-', '.');
        return end <= 0 ? null : OfFeed(name[..end].ToString().ToLowerInvariant());
    }

    /// <summary>A feed by its published name.</summary>
    public static (string Feed, AbuseType Kind)? OfFeed(string feed)
    {
        var name = feed;
        foreach (var prefix in (string[])["event4_", "event6_", "event46_", "event_"])
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                name = name[prefix.Length..];
        if (name.StartsWith("scan6_", StringComparison.Ordinal))
            name = "scan_" + name[6..];
        foreach (var (pattern, isPrefix, kind) in Feeds)
            if (isPrefix ? name.StartsWith(pattern, StringComparison.Ordinal) : name == pattern)
                return (feed, kind);
        return null;
    }

    private static AbuseType KindOf(string text, string? role)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new AbuseType(text[..slash], text[(slash + 1)..],
            role is null ? ObservationRole.Source : Enum.Parse<ObservationRole>(role, ignoreCase: true));
    }

    private static string Normalise(string text)
    {
        var words = new StringBuilder(" ", TextCharsMax + 2);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, TextCharsMax)))
        {
            if (char.IsLetterOrDigit(c))
                words.Append(char.ToLowerInvariant(c));
            else if (words[^1] != ' ')
                words.Append(' ');
        }

        return words[^1] == ' ' ? words.ToString() : words.Append(' ').ToString();
    }
}
