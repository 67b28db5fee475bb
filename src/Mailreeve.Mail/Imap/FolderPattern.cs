using Mailreeve.Mail.Mailboxes;

namespace Mailreeve.Mail.Imap;

/// <summary>A pattern of LIST: <c>*</c> stands for anything, <c>%</c> for anything within a level (RFC 3501 §6.3.8).</summary>
internal sealed class FolderPattern
{
    private readonly string pattern;

    /// <param name="reference">What the pattern stands behind.</param>
    /// <param name="pattern">The pattern, decoded.</param>
    public FolderPattern(string reference, string pattern)
    {
        var whole = reference + pattern;
        // INBOX is INBOX in any case, alone and before what is in it (RFC 3501 §5.1).
        var level = whole.AsSpan().IndexOfAny('/', '*', '%') is var end and >= 0 ? whole[..end] : whole;
        this.pattern = level.Equals(FolderNames.Inbox, StringComparison.OrdinalIgnoreCase) ? FolderNames.Inbox + whole[level.Length..] : whole;
    }

    /// <summary>Whether the pattern fits the name.</summary>
    /// <remarks>
    /// What a later wildcard cannot take, an earlier one of the same kind could not either: only the last of each kind is tried again, so
    /// the work grows with the square of the name at worst, not without bound.
    /// </remarks>
    public bool Matches(ReadOnlySpan<char> name)
    {
        var (at, n) = (0, 0);
        var (star, starName) = (-1, 0);
        var (percent, percentName) = (-1, 0);
        while (true)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, starName, percent) = (++at, n, -1);
            }
            else if (at < pattern.Length && pattern[at] == '%')
            {
                (percent, percentName) = (++at, n);
            }
            else if (at < pattern.Length && n < name.Length && pattern[at] == name[n])
            {
                at++;
                n++;
            }
            else if (at == pattern.Length && n == name.Length)
            {
                return true;
            }
            else if (percent >= 0 && percentName < name.Length && name[percentName] != '/')
            {
                (at, n) = (percent, ++percentName);
            }
            else if (star >= 0 && starName < name.Length)
            {
                (at, n, percent) = (star, ++starName, -1);
            }
            else
            {
                return false;
            }
        }
    }
}
