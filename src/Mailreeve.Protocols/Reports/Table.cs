using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Tables of events: files of comma-, semicolon-, tab- or bar-separated values with or without a header row, and such lines in the
/// text of a mail, there also with columns aligned by blanks. What a column means is said by its name (Data/columns.tsv), else by what
/// its cells hold.
/// </summary>
internal static class Table
{
    private const int SampleRows = 50;
    private const int OrderRows = 1_000;
    private const int LineCharsMax = 20_000;
    private const int TextLineCharsMax = 2_000;
    private const int CellsInTextMax = 40;
    private const int RulesBetween = 2;
    private const int TablesCutMax = 20;

    private static readonly SearchValues<char> RuleChars = SearchValues.Create("-=+_* :");
    private static readonly char[] Separators = [',', ';', '\t', '|'];
    private static readonly char[] TextSeparators = ['|', ';', '\t', ',', Delimited.Blanks];

    /// <summary>Reads a file as one table.</summary>
    /// <returns>Whether it is one: the header row names a resource, or most rows have an address or a URL in the same column.</returns>
    public static bool TryReadFile(string text, EventContext context, Findings findings)
    {
        var body = Body(text, out var commentHeader).ToString();
        if (body.Length == 0)
            return false;
        var layouts = Separators.Select(s => Layout(body, s, commentHeader)).OfType<TableLayout>().ToList();
        if (layouts.Count == 0)
            return false;
        var layout = layouts.MaxBy(l => (l.IsNamed, l.Columns.Count(c => c.Part != Part.None), -Array.IndexOf(Separators, l.Separator)));
        return ReadRows(body, layout!, context, findings) > 0;
    }

    /// <summary>Reads the tables among the lines of a text.</summary>
    /// <returns>Rows read.</returns>
    public static int ReadText(string text, EventContext context, Findings findings)
    {
        var rows = 0;
        var seen = new HashSet<string>();
        foreach (var block in TextTable.Find(Unquoted(text), TextSeparators, TextLineCharsMax, CellsInTextMax, RulesBetween))
        {
            // Notices that are written in two languages repeat their table.
            if (!seen.Add(block.Rows))
                continue;
            var layout = block.Header is { } header && Named(header, block.Separator, block.Rows) is { } named
                ? named
                : Unnamed(block.Rows, block.Separator);
            var its = context with { Titles = [block.Above, .. context.Titles] };
            // Links beside each other are the signature of a mail as often as they are a list of sites.
            if (layout is not null && (layout.IsNamed || layout.Says(Part.Address) || layout.Says(Part.Time) || its.Titles.Any(t => KindWords.Find(t) is not null)))
                rows += ReadRows(block.Rows, layout, its, findings);
        }

        return rows;
    }

    /// <summary>What stands beside the tables of a text, and the rows of the tables.</summary>
    public static (string Beside, string Rows) Split(string text)
    {
        var rows = TextTable.Find(text, TextSeparators, TextLineCharsMax, CellsInTextMax, RulesBetween).Take(TablesCutMax).Select(t => t.Rows).ToList();
        return (rows.Aggregate(text, (beside, table) => beside.Replace(table, "", StringComparison.Ordinal)), string.Join('\n', rows));
    }

    // "> " in front of each line: the report was forwarded or answered.
    private static string Unquoted(string text)
    {
        if (!text.StartsWith('>') && !text.Contains("\n>", StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var line in text.AsSpan().EnumerateLines())
            plain.Append(line.StartsWith(">") ? line.TrimStart("> ") : line).Append('\n');
        return plain.ToString();
    }

    private static int ReadRows(ReadOnlySpan<char> text, TableLayout layout, EventContext context, Findings findings)
    {
        var reader = new EventReader(context with { IsAmbiguous = layout.IsAmbiguous, IsMonthFirst = IsMonthFirst(text, layout) }, findings);
        var rows = new Delimited(text, layout.Separator);
        var cells = new List<string>();
        var values = new List<(Meaning, string)>();
        var read = 0;
        while (!findings.TooMany && rows.TryRead(cells))
        {
            if (cells.Count == 0 || IsComment(cells[0]) || IsRule(cells) || layout.IsHeader(cells))
                continue;
            cells[0] = WithoutBullet(cells[0]);
            values.Clear();
            for (var i = 0; i < layout.Columns.Count; i++)
                if (i < cells.Count && MeaningOf(layout.Columns[i], cells[i]) is { Part: not Part.None } meaning)
                    values.Add((meaning, cells[i]));
                else if (layout.Columns[i].Part != Part.None)
                    values.Add((layout.Columns[i], ""));
            if (cells.Exists(c => c.Length > LineCharsMax))
                findings.Problem($"Row {rows.Line} has a cell of more than {LineCharsMax} characters.");
            else if (reader.Read(values))
                read++;
            else
                findings.Problem($"Row {rows.Line} names no address, URL, domain or mailbox: {Notation.Shorten(string.Join(layout.Shown, cells.Take(8)))}");
        }

        return read;
    }

    // A link tells itself what it is, in a column of remarks or one whose name says nothing.
    private static Meaning MeaningOf(Meaning column, string cell) =>
        column.Part is Part.None or Part.Kind && cell.Contains("://", StringComparison.Ordinal) && !cell.AsSpan().Trim().Contains(' ') && Cells.Url(cell) is not null
            ? new Meaning(Side.Plain, Part.Url, 3)
            : column;

    // Of "06/12/2024" alone nobody can tell, of "06/13/2024" three rows below everybody.
    private static bool? IsMonthFirst(ReadOnlySpan<char> text, TableLayout layout)
    {
        var rows = new Delimited(text, layout.Separator);
        var cells = new List<string>();
        var times = new List<string>();
        for (var i = 0; i < OrderRows && rows.TryRead(cells); i++)
            for (var c = 0; c < Math.Min(cells.Count, layout.Columns.Count); c++)
                if (layout.Columns[c].Part is Part.Time or Part.Date)
                    times.Add(cells[c]);
        return NumericDate.IsMonthFirst(times);
    }

    private static TableLayout? Layout(string body, char separator, string? commentHeader)
    {
        var first = new List<string>();
        var rows = new Delimited(body, separator);
        while (rows.TryRead(first) && first.Count == 0)
        {
        }

        if (Named(first, separator) is { } named)
            return named;
        if (commentHeader is not null && Named(commentHeader, separator, body) is { } commented)
            return commented;
        return Unnamed(body, separator, first.Count == 1);
    }

    private static TableLayout? Named(string header, char separator, string rows)
    {
        var cells = new List<string>();
        if (!new Delimited(header, separator).TryRead(cells) || Named(cells, separator) is not { } named)
            return null;
        // The line above may belong to something else.
        var first = new List<string>();
        return new Delimited(rows, separator).TryRead(first) && Math.Abs(first.Count - cells.Count) <= Math.Max(2, cells.Count / 2) ? named : null;
    }

    private static TableLayout? Named(List<string> header, char separator)
    {
        if (header.Exists(c => Cells.TryAddress(c, out _, out _) || Cells.Url(c) is not null))
            return null;
        var columns = header.ConvertAll(c => Columns.Resolve(c.TrimStart('\uFEFF', '#', '*').Trim('*', ' ')));
        return columns.Exists(c => c.IsResource) ? new TableLayout(separator, columns, header, isAmbiguous: false) : null;
    }

    // Columns without names: what do most of the cells hold?
    private static TableLayout? Unnamed(string body, char separator, bool isList = false)
    {
        var counts = new List<CellCounts>();
        var rows = new Delimited(body, separator);
        var cells = new List<string>();
        var sampled = 0;
        while (sampled < SampleRows && rows.TryRead(cells))
        {
            if (cells.Count == 0 || IsComment(cells[0]) || IsRule(cells))
                continue;
            sampled++;
            cells[0] = WithoutBullet(cells[0]);
            for (var i = 0; i < cells.Count; i++)
            {
                if (i == counts.Count)
                    counts.Add(new CellCounts());
                counts[i].Count(cells[i]);
            }
        }

        if (sampled == 0 || (counts.Count < 2 && !isList))
            return null;
        var columns = counts.ConvertAll(c => c.MeaningIn(sampled));
        var accused = columns.Count(c => c.Part == Part.Address);
        if (accused == 2)
            accused = TellByPorts(columns, counts);
        return accused == 0 && !columns.Exists(c => c.Part == Part.Url)
            ? null
            : new TableLayout(separator, columns, [], isAmbiguous: accused > 1);
    }

    // Of two columns "address:port" the one with the ports of services is that of the server: the other one came to it.
    private static int TellByPorts(List<Meaning> columns, List<CellCounts> counts)
    {
        var (first, second) = (columns.FindIndex(c => c.Part == Part.Address), columns.FindLastIndex(c => c.Part == Part.Address));
        if (counts[first].IsService == counts[second].IsService || counts[first].IsClient == counts[second].IsClient)
            return 2;
        var (server, client) = counts[first].IsService ? (first, second) : (second, first);
        columns[server] = columns[server] with { Side = Side.Victim };
        columns[client] = columns[client] with { Side = Side.Source };
        return 1;
    }

    // Lines of comment before the table; the last of them may be its header.
    private static ReadOnlySpan<char> Body(string text, out string? header)
    {
        header = null;
        var rest = text.AsSpan().TrimStart("\uFEFF \r\n\t");
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('\n');
            var line = (end < 0 ? rest : rest[..end]).Trim();
            if (!line.IsEmpty && !IsComment(line))
                return rest;
            if (line.Length is > 1 and < LineCharsMax && line.ContainsAny(",;\t|"))
                header = line.TrimStart("#;/ ").ToString();
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return rest;
    }

    private static bool IsComment(ReadOnlySpan<char> line) => line.StartsWith("#") || line.StartsWith(";") || line.StartsWith("//");

    // "- http://www.shop.example/   (192.0.2.7)"
    private static string WithoutBullet(string cell) => cell is ['-' or '*' or '\u2022', ' ', ..] ? cell[2..].TrimStart() : cell;

    private static bool IsRule(List<string> cells) => cells.TrueForAll(c => !c.AsSpan().ContainsAnyExcept(RuleChars));

    /// <summary>What the cells of one column look like.</summary>
    private sealed class CellCounts
    {
        private int addresses;
        private int urls;
        private int times;
        private int kinds;
        private int filled;
        private int services;
        private int clients;

        /// <summary>Every address has a port below 1024.</summary>
        public bool IsService => services > 0 && services == addresses;

        /// <summary>Every address has a port from 1024 on.</summary>
        public bool IsClient => clients > 0 && clients == addresses;

        public void Count(string cell)
        {
            if (cell.Length == 0)
                return;
            filled++;
            if (Cells.IsAddressOrBlock(cell))
            {
                _ = Cells.TryAddress(cell, out _, out var port);
                addresses++;
                services += port < 1024 ? 1 : 0;
                clients += port >= 1024 ? 1 : 0;
            }
            else if (Cells.Url(cell) is not null)
                urls++;
            else if (Cells.Time(cell, null).Utc is not null)
                times++;
            else if (KindWords.Find(cell) is not null)
                kinds++;
        }

        public Meaning MeaningIn(int rows)
        {
            if (addresses * 5 >= rows * 3)
                return new Meaning(Side.Plain, Part.Address, 1);
            if (urls * 5 >= rows * 3)
                return new Meaning(Side.Plain, Part.Url, 1);
            if (times > 0 && times * 5 >= filled * 3)
                return new Meaning(Side.Plain, Part.Time, 1);
            return kinds > 0 ? new Meaning(Side.Plain, Part.Kind, 1) : default;
        }
    }
}

/// <summary>How a table is laid out.</summary>
internal sealed class TableLayout(char separator, IReadOnlyList<Meaning> columns, IReadOnlyList<string> header, bool isAmbiguous)
{
    public char Separator => separator;

    /// <summary>The separator for showing a row to a person.</summary>
    public string Shown => separator == Delimited.Blanks ? "  " : separator.ToString();

    public IReadOnlyList<Meaning> Columns => columns;

    public bool IsNamed => header.Count > 0;

    /// <summary>Several columns hold addresses, and no name tells whose they are.</summary>
    public bool IsAmbiguous => isAmbiguous;

    /// <summary>Whether a column holds that.</summary>
    public bool Says(Part part) => columns.Any(c => c.Part == part);

    /// <summary>Whether a row repeats the header, as at the top and after each page.</summary>
    public bool IsHeader(List<string> cells) => IsNamed && cells.SequenceEqual(header);
}
