using System.Globalization;
using System.Text;

namespace Mailreeve.Policy.Notices;

/// <summary>Makes a value from outside harmless in Markdown and in headers.</summary>
public static class MarkdownText
{
    /// <summary>
    /// One line of Markdown that shows exactly this text: each ASCII punctuation character gets a backslash
    /// (CommonMark §2.4), so that it is neither formatting, nor HTML, nor a link.
    /// </summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 16);
        foreach (var c in OneLine(value))
        {
            if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>An address of a page or of a mailbox as a link (CommonMark §6.5); escaped text when it is neither.</summary>
    public static string Link(string value) => IsPage(value) || IsMailbox(value) ? $"<{value}>" : Escape(value);

    /// <summary>One line: line ends, tabs and other characters that are not for showing become blanks; blanks at the ends go.</summary>
    public static string OneLine(string value) => Visible(value, keepLines: false).Trim();

    /// <summary>Lines as they are, in a code block that nothing in them can end.</summary>
    public static string CodeBlock(string value)
    {
        var lines = Lines(value);
        var fence = new string('`', Math.Max(3, LongestRun(lines) + 1));
        return $"{fence}text\n{lines}\n{fence}";
    }

    /// <summary>Lines of text that someone wrote, as a quotation.</summary>
    public static string Quote(string value) =>
        string.Join('\n', Lines(value).Split('\n').Select(line => ("> " + Escape(line)).TrimEnd()));

    /// <summary>Lines with LF between them and nothing in them that is not for showing.</summary>
    public static string Lines(string value) =>
        string.Join('\n', Visible(value.ReplaceLineEndings("\n"), keepLines: true).Split('\n').Select(l => l.TrimEnd())).Trim('\n');

    // Controls could end a header or draw on a terminal; format characters can turn the reading direction around (U+202E).
    private static string Visible(string value, bool keepLines)
    {
        var text = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            if (keepLines && rune.Value == '\n')
            {
                text.Append('\n');
                continue;
            }

            var hidden = Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            text.Append(hidden ? " " : rune.ToString());
        }

        return text.ToString();
    }

    private static bool IsPage(string value) =>
        (value.StartsWith("https://", StringComparison.Ordinal) || value.StartsWith("http://", StringComparison.Ordinal))
        && value.All(c => c is > ' ' and < '\u007f' and not ('<' or '>' or '"' or '`' or '\\'));

    private static bool IsMailbox(string value) =>
        value.IndexOf('@', StringComparison.Ordinal) is var at and > 0 && at < value.Length - 1 && value.LastIndexOf('@') == at
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+');

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
