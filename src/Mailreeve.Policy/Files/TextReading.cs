namespace Mailreeve.Policy.Files;

/// <summary>Fills the terms into texts of the policy file and finds placeholders that nothing fills.</summary>
/// <param name="problems">What is wrong.</param>
/// <param name="source">The file's text, to point into texts of several lines.</param>
/// <param name="terms">The terms; null when they could not be read, and then texts are only checked.</param>
internal sealed class TextReading(FileProblems problems, string source, PolicyTerms? terms)
{
    private readonly Dictionary<string, string> figures =
        terms is null ? [] : Figure.Of(terms).ToDictionary(f => f.Name, f => f.Text, StringComparer.Ordinal);

    public string Fill(TomlValue.Text? text, string key)
    {
        if (text is null)
            return "";
        var from = 0;
        foreach (var (start, length, name) in Placeholders.In(text.Value))
        {
            var at = PlaceOf(text, text.Value.Substring(start, length), ref from);
            if (name is null)
                problems.Add(at, key, "A brace belongs to a placeholder.", "Write {name}, or leave the brace out.");
            else if (!TermReader.Names.Contains(name) && !Placeholders.Provider.Contains(name))
                problems.Add(at, key, $"Nothing fills {{{name}}}.", Nearest.Remedy(name, [.. TermReader.Names, .. Placeholders.Provider]));
        }

        return Placeholders.Fill(text.Value, name => figures.GetValueOrDefault(name)).Trim();
    }

    // Each brace of the value is looked for in the source, after the one before it.
    private Place PlaceOf(TomlValue.Text text, string found, ref int from)
    {
        var start = text.Offset + from;
        var end = Math.Min(text.Offset + text.Length, source.Length);
        var offset = start < end ? source.IndexOf(found, start, end - start, StringComparison.Ordinal) : -1;
        if (offset < 0)
            return text.At;

        from = offset + found.Length - text.Offset;
        var line = source.AsSpan(0, offset).Count('\n') + 1;
        return new Place(line, offset - source.LastIndexOf('\n', Math.Max(offset - 1, 0)) + (offset == 0 ? 1 : 0));
    }
}
