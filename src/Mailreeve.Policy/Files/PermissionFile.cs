using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Files;

/// <summary>
/// Reads who agreed to get a list's mail (C1): one recipient in a line, <c>news.alder.example,kim@elsewhere.example</c>. Empty lines and
/// those that begin with <c>#</c> say nothing.
/// </summary>
public static class PermissionFile
{
    /// <summary>Most lines that are read.</summary>
    public const int LinesMax = 1_000_000;

    // What does not fit on a screen is not read.
    private const int ProblemsMax = 50;

    /// <summary>Reads a file.</summary>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="problems">What is wrong, the first ones; empty when all is good.</param>
    /// <returns>List and recipient of each line, lower case.</returns>
    public static IReadOnlyList<(string ListId, string Recipient)> Read(
        string fileName, IEnumerable<string> lines, out IReadOnlyList<PolicyProblem> problems)
    {
        var found = new List<PolicyProblem>();
        var entries = new List<(string, string)>();
        problems = found;
        var number = 0;
        foreach (var line in lines)
        {
            if (++number > LinesMax)
            {
                found.Add(new PolicyProblem(fileName, number, 1, "", $"The file has more than {LinesMax} lines.", "Write several files."));
                break;
            }

            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            var comma = text.IndexOf(',', StringComparison.Ordinal);
            var list = comma < 0 ? "" : text[..comma].Trim().Trim('<', '>');
            var recipient = comma < 0 ? "" : text[(comma + 1)..].Trim();
            if (list.Length is > 0 and <= 255 && list.All(c => c is > ' ' and <= '~') && Mailbox.ParseOrNull(recipient) is { } mailbox)
                entries.Add((list.ToLowerInvariant(), $"{mailbox}".ToLowerInvariant()));
            else
                found.Add(new PolicyProblem(fileName, number, 1, "", "This is no list and recipient.", "Write news.alder.example,kim@elsewhere.example."));
            if (found.Count == ProblemsMax)
                break;
        }

        return entries;
    }
}
