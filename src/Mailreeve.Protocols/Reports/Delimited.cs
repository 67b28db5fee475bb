using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Splits text into rows and cells at a separator, with quoting as RFC 4180 has it: what real writers get wrong (quotes inside
/// quotes, a quote that is never closed) harms one row, not the rest. Linear in the text.
/// </summary>
internal ref struct Delimited(ReadOnlySpan<char> text, char separator)
{
    /// <summary>Stands for two or more blanks, or tabs: columns that were aligned for a reader.</summary>
    public const char Blanks = '\0';

    private const int CellsMax = 500;
    private const int QuotedCharsMax = 64 << 10;
    private const int UnclosedMax = 10;

    private readonly ReadOnlySpan<char> all = text;
    private int at;
    private int unclosed;

    /// <summary>Number of the line that the last row began at, from 1.</summary>
    public int Line { get; private set; }

    private int nextLine = 1;

    /// <summary>Reads the next row; blank lines are rows without cells.</summary>
    public bool TryRead(List<string> cells)
    {
        cells.Clear();
        if (at >= all.Length)
            return false;
        Line = nextLine;
        if (separator == Blanks)
        {
            SplitAligned(TakeLine(), cells);
            return true;
        }

        while (true)
        {
            SkipBlanks();
            var value = at < all.Length && all[at] == '"' && TakeQuoted() is { } quoted ? quoted : TakePlain();
            if (cells.Count < CellsMax)
                cells.Add(value);
            if (at >= all.Length || all[at] != separator)
                break;
            at++;
        }

        TakeLineEnd();
        if (cells.Count == 1 && cells[0].Length == 0)
            cells.Clear();
        TrimFrame(cells);
        return true;
    }

    // "| a | b |" has nothing before its first and after its last bar.
    private readonly void TrimFrame(List<string> cells)
    {
        if (separator != '|' || cells.Count < 3)
            return;
        if (cells[^1].Length == 0)
            cells.RemoveAt(cells.Count - 1);
        if (cells[0].Length == 0)
            cells.RemoveAt(0);
    }

    private static void SplitAligned(ReadOnlySpan<char> line, List<string> cells)
    {
        line = line.Trim();
        while (!line.IsEmpty && cells.Count < CellsMax)
        {
            var end = 0;
            while (end < line.Length && line[end] != '\t' && !(line[end] == ' ' && end + 1 < line.Length && line[end + 1] is ' ' or '\t'))
                end++;
            // Lists of flows draw an arrow between the ends.
            if (line[..end] is not ("->" or "=>"))
                cells.Add(line[..end].ToString());
            line = line[end..].TrimStart();
        }
    }

    private string? TakeQuoted()
    {
        if (unclosed >= UnclosedMax)
            return null;
        var rest = all[(at + 1)..];
        var limit = Math.Min(rest.Length, QuotedCharsMax);
        StringBuilder? pieces = null;
        var from = 0;
        for (var i = 0; i < limit;)
        {
            var quote = rest[i..limit].IndexOf('"');
            if (quote < 0)
                break;
            i += quote;
            if (i + 1 < rest.Length && rest[i + 1] == '"' && !EndsCell(rest, i + 2, separator))
            {
                (pieces ??= new StringBuilder()).Append(rest[from..i]).Append('"');
                from = i += 2;
                continue;
            }

            if (EndsCell(rest, i + 1, separator))
            {
                var value = pieces is null ? rest[..i].ToString() : pieces.Append(rest[from..i]).ToString();
                nextLine += all.Slice(at, i + 2).Count('\n');
                at += i + 2;
                SkipBlanks();
                return value;
            }

            i++;
        }

        unclosed++;
        return null;
    }

    private static bool EndsCell(ReadOnlySpan<char> text, int from, char separator)
    {
        while (from < text.Length && text[from] == ' ')
            from++;
        return from >= text.Length || text[from] == separator || text[from] is '\r' or '\n';
    }

    private string TakePlain()
    {
        var end = all[at..].IndexOfAny(separator, '\r', '\n');
        end = end < 0 ? all.Length : at + end;
        var value = all[at..end].Trim().ToString();
        at = end;
        return value;
    }

    private void SkipBlanks()
    {
        while (at < all.Length && all[at] == ' ')
            at++;
    }

    private ReadOnlySpan<char> TakeLine()
    {
        var end = all[at..].IndexOfAny('\r', '\n');
        var line = end < 0 ? all[at..] : all.Slice(at, end);
        at += line.Length;
        TakeLineEnd();
        return line;
    }

    private void TakeLineEnd()
    {
        if (at < all.Length && all[at] == '\r')
            at++;
        if (at < all.Length && all[at] == '\n')
            at++;
        nextLine++;
    }
}
