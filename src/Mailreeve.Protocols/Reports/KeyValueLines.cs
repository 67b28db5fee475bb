namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Lines of <c>name=value</c> pairs in a text, one event each: the logs of firewalls, and CEF and LEEF, which put a head with bars
/// before them. Only lines that state the time and the source among their pairs; what leaves them out is read as a text.
/// </summary>
internal static class KeyValueLines
{
    private const int LineCharsMax = 8_000;
    private const int PairsMin = 4;
    private const int PairsMax = 200;
    private const int LinesMax = 50_000;

    /// <summary>Reads all such lines.</summary>
    /// <returns>How many there were.</returns>
    public static int Read(string text, EventContext context, Findings findings)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
            return 0;
        var reader = new EventReader(context, findings);
        var pairs = new List<(Meaning Meaning, string Value)>();
        var (read, seen) = (0, 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > LineCharsMax || line.IndexOf('=') < 0)
                continue;
            if (findings.TooMany || ++seen > LinesMax)
                break;
            pairs.Clear();
            Take(line, pairs);
            var isEvent = pairs.Count >= PairsMin
                && pairs.Exists(p => p.Meaning is { Part: Part.Time, Side: Side.Plain } or { Part: Part.Date } && Cells.Time(p.Value, null, context).Utc is not null)
                && pairs.Exists(p => p.Meaning is { Part: Part.Address, Side: Side.Source } && Cells.TryAddress(p.Value, out _, out _));
            if (isEvent && reader.Read(pairs))
                read++;
        }

        return read;
    }

    private static void Take(ReadOnlySpan<char> line, List<(Meaning, string)> pairs)
    {
        line = Head(line, pairs);
        var at = 0;
        while (NextName(line, at, out var nameStart, out var nameEnd) && pairs.Count < PairsMax)
        {
            var valueStart = nameEnd + 1;
            int valueEnd;
            if (valueStart < line.Length && line[valueStart] == '"' && line[(valueStart + 1)..].IndexOf('"') is >= 0 and var quoted)
            {
                valueStart++;
                valueEnd = valueStart + quoted;
                at = valueEnd + 1;
            }
            else
            {
                // A value ends where the next name begins, for CEF lets it have blanks.
                var tab = line[valueStart..].IndexOf('\t');
                valueEnd = NextName(line, valueStart, out var next, out _) ? next : line.Length;
                if (tab >= 0)
                    valueEnd = Math.Min(valueEnd, valueStart + tab);
                at = Math.Max(valueEnd, nameEnd + 1);
            }

            var meaning = Columns.Resolve(line[nameStart..nameEnd]);
            // Counted even when it means nothing to us: it is such a line.
            pairs.Add((meaning, meaning == default ? "" : line[valueStart..valueEnd].Trim(" \t,;|^").ToString()));
        }
    }

    // "CEF:0|Vendor|Product|1.0|100|Port scan|5|src=…", "LEEF:1.0|Vendor|Product|1.0|scan|src=…"
    private static ReadOnlySpan<char> Head(ReadOnlySpan<char> line, List<(Meaning, string)> pairs)
    {
        var start = line.IndexOf("CEF:");
        var isLeef = start < 0;
        if (isLeef && (start = line.IndexOf("LEEF:")) < 0)
            return line;
        var bars = isLeef ? (line[start..].StartsWith("LEEF:2") ? 6 : 5) : 7;
        var rest = line[start..];
        for (var bar = 1; bar <= bars; bar++)
        {
            var end = rest.IndexOf('|');
            // LEEF 2 may leave out the character between the pairs.
            if (end < 0)
                return bar == 6 && isLeef ? rest : line;
            if (bar >= 5)
                pairs.Add((new Meaning(Side.Plain, Part.Kind, isLeef ? 3 : 1 + Math.Abs(bar - 6)), rest[..end].ToString()));
            rest = rest[(end + 1)..];
        }

        return rest;
    }

    // The next word that is followed by "=" and stands at the beginning, after a blank or after a comma.
    private static bool NextName(ReadOnlySpan<char> line, int from, out int start, out int end)
    {
        (start, end) = (0, 0);
        while (from < line.Length)
        {
            var equals = line[from..].IndexOf('=');
            if (equals < 0)
                return false;
            end = from + equals;
            start = end;
            while (start > from && (char.IsAsciiLetterOrDigit(line[start - 1]) || line[start - 1] is '_' or '.' or '-'))
                start--;
            if (start < end && (start == 0 || line[start - 1] is ' ' or '\t' or ',' or ';' or '|' or '^' or '"'))
                return true;
            from = end + 1;
        }

        return false;
    }
}
