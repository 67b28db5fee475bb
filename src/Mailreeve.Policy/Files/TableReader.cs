namespace Mailreeve.Policy.Files;

/// <summary>
/// Takes the keys out of one table. Each key that is asked for is known; <see cref="Finish"/> reports the others, so the list
/// of keys exists only once: in the code that reads them.
/// </summary>
internal sealed class TableReader(FileProblems problems, TomlValue.Table table, string path)
{
    private readonly List<string> known = [];

    public Place At => table.At;

    public string Path => path;

    public string KeyOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The entry under this key, whatever its type; null when there is none.</summary>
    public TomlEntry? Entry(string key)
    {
        known.Add(key);
        return table.Find(key);
    }

    /// <summary>Text that must be there; null when it is not, which is then reported.</summary>
    public TomlValue.Text? Text(string key, string example)
    {
        switch (Entry(key))
        {
            case null:
                problems.Add(table.At, KeyOf(key), "This key is missing.", $"Write {key} = \"{example}\".");
                return null;
            case { Value: TomlValue.Text { Value.Length: > 0 } text }:
                return text;
            case { Value: TomlValue.Text } empty:
                problems.Add(empty.Value.At, KeyOf(key), "This is empty.", $"Write {key} = \"{example}\".");
                return null;
            case { } wrong:
                Wrong(wrong, "text", $"{key} = \"{example}\"");
                return null;
        }
    }

    /// <summary>Text that may be left out.</summary>
    public TomlValue.Text? TextIfAny(string key, string example) => table.Find(key) is null ? Known(key) : Text(key, example);

    /// <summary>A word of a closed list that must be there.</summary>
    public T? Word<T>(string key) where T : struct, Enum => WordOf<T>(key, Text(key, Words.Of<T>()[0]));

    /// <summary>A word of a closed list that may be left out.</summary>
    public T? WordIfAny<T>(string key) where T : struct, Enum => WordOf<T>(key, TextIfAny(key, Words.Of<T>()[0]));

    /// <summary>True or false; false when it is left out.</summary>
    public bool Truth(string key)
    {
        switch (Entry(key))
        {
            case null:
                return false;
            case { Value: TomlValue.Truth truth }:
                return truth.Value;
            case { } wrong:
                Wrong(wrong, "true or false", $"{key} = true");
                return false;
        }
    }

    /// <summary>True or false; null when it is left out or is something else, which is then reported.</summary>
    public bool? TruthIfAny(string key) => Entry(key) is null ? null : Truth(key);

    /// <summary>A whole number; null when it is left out or is something else, which is then reported.</summary>
    public long? WholeIfAny(string key)
    {
        switch (Entry(key))
        {
            case null:
                return null;
            case { Value: TomlValue.Whole whole }:
                return whole.Value;
            case { } wrong:
                Wrong(wrong, "a whole number", $"{key} = 1");
                return null;
        }
    }

    /// <summary>A list of texts; null when it is missing or wrong, which is then reported.</summary>
    public IReadOnlyList<TomlValue.Text>? Texts(string key, string example)
    {
        switch (Entry(key))
        {
            case null:
                problems.Add(table.At, KeyOf(key), "This key is missing.", $"Write {key} = [\"{example}\"].");
                return null;
            case { Value: TomlValue.List list } when list.Items.All(i => i is TomlValue.Text):
                return [.. list.Items.Cast<TomlValue.Text>()];
            case { } wrong:
                Wrong(wrong, "a list of texts", $"{key} = [\"{example}\"]");
                return null;
        }
    }

    /// <summary>The tables of <c>[[key]]</c>; empty when there are none.</summary>
    public IReadOnlyList<TableReader> Tables(string key)
    {
        switch (Entry(key))
        {
            case null:
                return [];
            case { Value: TomlValue.List list } when list.Items.All(i => i is TomlValue.Table):
                return [.. list.Items.Cast<TomlValue.Table>().Select((t, i) => new TableReader(problems, t, $"{KeyOf(key)}[{i + 1}]"))];
            case { } wrong:
                Wrong(wrong, "a list of tables", $"[[{key}]]");
                return [];
        }
    }

    /// <summary>The table under this key; null when it is missing or something else, which is reported when it must be there.</summary>
    public TableReader? Table(string key, bool required)
    {
        switch (Entry(key))
        {
            case null:
                if (required)
                    problems.Add(table.At, KeyOf(key), "This table is missing.", $"Write [{key}].");
                return null;
            case { Value: TomlValue.Table found }:
                return new TableReader(problems, found, KeyOf(key));
            case { } wrong:
                Wrong(wrong, "a table", $"[{key}]");
                return null;
        }
    }

    /// <summary>Reports every key that nothing asked for.</summary>
    public void Finish()
    {
        foreach (var entry in table.Entries.Where(e => !known.Contains(e.Key)))
            problems.Add(entry.At, KeyOf(entry.Key), "This key is unknown.", Nearest.Remedy(entry.Key, known));
    }

    private TomlValue.Text? Known(string key)
    {
        known.Add(key);
        return null;
    }

    private T? WordOf<T>(string key, TomlValue.Text? text) where T : struct, Enum
    {
        if (text is null)
            return null;
        var word = Words.Read<T>(text.Value);
        if (word is null)
            problems.Add(text.At, KeyOf(key), $"'{text.Value}' is not known here.", Nearest.Remedy(text.Value, Words.Of<T>()));
        return word;
    }

    private void Wrong(TomlEntry entry, string wanted, string example) =>
        problems.Add(entry.Value.At, KeyOf(entry.Key), $"This must be {wanted}, and is {entry.Value.Kind}.", $"Write {example}.");
}
