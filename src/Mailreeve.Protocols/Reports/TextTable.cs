using System.Buffers;

namespace Mailreeve.Protocols.Reports;

/// <summary>Lines of a text that form a table.</summary>
/// <param name="Separator">What is between the columns.</param>
/// <param name="Header">The line above the rows, if it is split in the same way; null otherwise.</param>
/// <param name="Rows">The rows, rules and blank lines between them included.</param>
/// <param name="Above">The line of text before the table, which often says what it lists; empty when there is none.</param>
internal sealed record TextTable(char Separator, string? Header, string Rows, string Above)
{
    private const int FormatLinesAbove = 5;
    private const int FormatColumnsMin = 3;

    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<string> Arrows = SearchValues.Create([" -> ", " => ", " --> "], StringComparison.Ordinal);

    private static readonly SearchValues<char> RuleChars = SearchValues.Create("-=+_* |\t:\r");

    /// <summary>
    /// The tables of a text: at least two lines, or one below a header row, split by the same separator, with an address or a URL as a
    /// whole cell in the same column.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="separators">Tried in this order.</param>
    /// <param name="lineCharsMax">Longer lines are no rows.</param>
    /// <param name="cellsMax">Lines of more cells are no rows.</param>
    /// <param name="rulesBetween">Blank lines and rules allowed between two rows.</param>
    public static IEnumerable<TextTable> Find(string text, char[] separators, int lineCharsMax, int cellsMax, int rulesBetween)
    {
        var lines = Lines(text);
        var cells = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (RowShape(lines[i], separators, null) is not { } shape)
                continue;
            var last = i;
            var rows = 1;
            var gap = 0;
            for (var next = i + 1; next < lines.Count && gap <= rulesBetween; next++)
            {
                if (IsRule(lines[next]))
                {
                    gap++;
                }
                else if (RowShape(lines[next], separators, shape) is not null)
                {
                    (last, gap) = (next, 0);
                    rows++;
                }
                else
                {
                    break;
                }
            }

            var above = Above(lines, i, 1);
            var header = above >= 0 && IsHeader(lines[above], shape.Separator) ? above : FormatLine(lines, i, shape.Separator);
            if (rows > 1 && header < 0 && IsField(lines[i], shape.Separator) && IsField(lines[last], shape.Separator))
            {
                // "Source IP:   192.0.2.7" above "Target IP:   203.0.113.7" are fields of one event, and no rows.
                i = last;
                continue;
            }

            if (rows > 1 || header >= 0)
            {
                var before = Above(lines, header >= 0 ? header : i, 2);
                yield return new TextTable(
                    shape.Separator,
                    header >= 0 ? Slice(lines[header], lines[header]) : null,
                    Slice(lines[i], lines[last]),
                    before >= 0 ? Slice(lines[before], lines[before]) : "");
            }

            i = last;
        }

        (char Separator, int Column)? RowShape(Range range, char[] candidates, (char Separator, int Column)? expected)
        {
            var line = text.AsSpan()[range];
            if (line.Length > lineCharsMax || line.IndexOfAny('.', ':') < 0)
                return null;
            foreach (var separator in candidates)
            {
                if (expected is { } shape && shape.Separator != separator)
                    continue;
                if (separator is ',' or ';' && IsHeaderField(line))
                    continue;
                // "192.0.2.7 40000 =>   203.0.113.7  3389" is a log, whose columns do not stand in line, and "5  192.0.2.7  31.0 ms" a hop.
                if (separator == Delimited.Blanks ? line.IndexOf("  ") < 0 || line.ContainsAny(Arrows) || line.TrimEnd().EndsWith(" ms") : !line.Contains(separator))
                    continue;
                if (!new Delimited(line, separator).TryRead(cells) || cells.Count < 2 || cells.Count > cellsMax)
                    continue;
                if (expected is { } known)
                    return known.Column < cells.Count && IsNamed(cells[known.Column], separator) ? known : null;
                var column = cells.FindIndex(c => IsNamed(c, separator));
                if (column >= 0)
                    return (separator, column);
            }

            return null;
        }

        // "The format is: "asn","ip","timestamp"", and a sentence or two before the rows begin.
        int FormatLine(List<Range> all, int from, char separator)
        {
            if (separator is not (',' or ';' or '\t' or '|') || !new Delimited(text.AsSpan()[all[from]], separator).TryRead(cells))
                return -1;
            var width = cells.Count;
            for (var i = from - 1; i >= 0 && i >= from - FormatLinesAbove; i--)
                if (width >= FormatColumnsMin && IsHeader(all[i], separator) && cells.Count == width && cells.Count(c => Columns.Resolve(c) != default) >= FormatColumnsMin)
                    return i;
            return -1;
        }

        bool IsHeader(Range range, char separator)
        {
            var line = text.AsSpan()[range];
            return line.Length <= lineCharsMax && new Delimited(line, separator).TryRead(cells) && cells.Count >= 2
                && cells.Exists(c => Columns.Resolve(c.Trim('*', '#', ' ')).IsResource);
        }

        bool IsField(Range range, char separator)
        {
            if (separator is not ('\t' or '|' or Delimited.Blanks) || !new Delimited(text.AsSpan()[range].Trim("\t| "), separator).TryRead(cells) || cells.Count < 2)
                return false;
            return (cells[0].EndsWith(':') || (cells.Count == 2 && Columns.Resolve(cells[0].Trim('*', ' ')).IsResource)) && !IsResource(cells[0]);
        }

        int Above(List<Range> all, int from, int distanceMax)
        {
            var skipped = 0;
            for (var i = from - 1; i >= 0 && skipped <= 2; i--)
            {
                if (!IsRule(all[i]))
                    return from - i <= distanceMax + skipped ? i : -1;
                skipped++;
            }

            return -1;
        }

        bool IsRule(Range range) => !text.AsSpan()[range].ContainsAnyExcept(RuleChars);

        string Slice(Range first, Range last) => text[first.Start..last.End];
    }

    // "X-Spam-Report: a; 192.0.2.1" is a field of a mail header.
    private static bool IsHeaderField(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(": ");
        return colon > 1 && !line[..colon].ContainsAnyExcept(NameChars);
    }

    // Blocks that are aligned by blanks are those of an entry in whois.
    private static bool IsNamed(string cell, char separator) => IsResource(cell) || (separator != Delimited.Blanks && Cells.IsAddressOrBlock(cell));

    private static bool IsResource(string cell) =>
        cell.Length is > 2 and < 2_000 && (Cells.TryAddress(cell, out _, out _) || (cell.Contains("://", StringComparison.Ordinal) && Cells.Url(cell) is not null));

    private static List<Range> Lines(string text)
    {
        var lines = new List<Range>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            lines.Add(at..end);
            at = end + 1;
        }

        return lines;
    }
}
