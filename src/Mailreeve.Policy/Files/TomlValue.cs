namespace Mailreeve.Policy.Files;

/// <summary>A place in a file, from 1.</summary>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
public readonly record struct Place(int Line, int Column);

/// <summary>A value of a TOML file together with where it stands, so that whatever is said about it can be pointed at.</summary>
internal abstract record TomlValue
{
    private TomlValue()
    {
    }

    /// <summary>Where it begins.</summary>
    public required Place At { get; init; }

    /// <summary>What it is, in a sentence.</summary>
    public string Kind => this switch
    {
        Text => "text",
        Whole => "a whole number",
        Truth => "true or false",
        List => "a list",
        Table => "a table",
        Moment => "a date or time",
        Other other => other.What,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="Value">As TOML decodes it.</param>
    /// <param name="Offset">Where its token starts in the file's text.</param>
    /// <param name="Length">Length of the token.</param>
    internal sealed record Text(string Value, int Offset, int Length) : TomlValue;

    internal sealed record Whole(long Value) : TomlValue;

    internal sealed record Truth(bool Value) : TomlValue;

    internal sealed record List(IReadOnlyList<TomlValue> Items) : TomlValue;

    /// <param name="Written">The date or time as it stands in the file.</param>
    internal sealed record Moment(string Written) : TomlValue;

    /// <summary>Kinds that no file of ours uses: fractions.</summary>
    internal sealed record Other(string What) : TomlValue;

    /// <summary>A table; keys in the order of the file.</summary>
    internal sealed record Table : TomlValue
    {
        public List<TomlEntry> Entries { get; } = [];

        public TomlEntry? Find(string key) => Entries.Find(e => e.Key == key);
    }
}

/// <summary>A key, where it stands, and its value.</summary>
internal sealed record TomlEntry(string Key, Place At, TomlValue Value);
