using System.Text.RegularExpressions;

namespace Mailreeve.Web.Public;

/// <summary>The names of notices that the text of an old policy uses.</summary>
internal static partial class OldNotices
{
    public static IReadOnlyCollection<string> In(string content) => [.. NoticeKey().Matches(content).Select(m => m.Groups[1].Value).Distinct()];

    [GeneratedRegex("notice\\s*=\\s*\"([a-z0-9-]{1,60})\"", RegexOptions.None, 1000)]
    private static partial Regex NoticeKey();
}
