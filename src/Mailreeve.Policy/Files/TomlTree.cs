using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Mailreeve.Policy.Files;

/// <summary>
/// TOML text as <see cref="TomlValue"/>s. Tomlyn reads the syntax; the tree is ours because its model forgets where things
/// stand, and because every redefinition is to be told in our words.
/// </summary>
internal sealed class TomlTree
{
    private readonly string file;
    private readonly List<PolicyProblem> problems;
    private readonly TomlValue.Table root = new() { At = new Place(1, 1) };
    private readonly HashSet<TomlValue> closed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TomlValue> arraysOfTables = new(ReferenceEqualityComparer.Instance);

    private TomlTree(string file, List<PolicyProblem> problems)
    {
        this.file = file;
        this.problems = problems;
    }

    /// <summary>The whole file. Adds what is wrong to <paramref name="problems"/>; what could be read is returned all the same.</summary>
    public static TomlValue.Table Read(string file, string text, List<PolicyProblem> problems)
    {
        var tree = new TomlTree(file, problems);
        if (Parse(file, text, out var why) is not { } document)
        {
            var line = LineThatStops(file, text);
            problems.Add(new PolicyProblem(file, line, 1, "", $"This cannot be read: {OneLine(why)}.", "See https://toml.io."));
            return tree.root;
        }

        foreach (var message in document.Diagnostics)
        {
            // The end of the file has no place of its own in Tomlyn.
            var at = message.Span is { Start: { Line: 0, Column: 0 }, FileName: null } ? EndOf(text) : PlaceOf(message.Span);
            problems.Add(new PolicyProblem(file, at.Line, at.Column, "", $"This is not TOML: {OneLine(message.Message)}.", "See https://toml.io."));
        }

        tree.Fill(tree.root, document.KeyValues, "");
        foreach (var table in document.Tables)
            tree.Table(table);
        return tree.root;
    }

    // Tomlyn throws on lists and tables nested more than 64 deep, and on an escape (\u) that is no character.
    private static DocumentSyntax? Parse(string file, string text, out string why)
    {
        why = "";
        try
        {
            return SyntaxParser.Parse(text, file, validate: false);
        }
        catch (TomlException nested)
        {
            why = nested.Message;
        }
        catch (ArgumentOutOfRangeException)
        {
            why = "an escape in a text is no character";
        }

        return null;
    }

    // An exception has no place, so it is looked for: the first line with which the lines so far cannot be read.
    private static int LineThatStops(string file, string text)
    {
        var ends = new List<int>();
        for (var end = text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = text.IndexOf('\n', end + 1))
            ends.Add(end + 1);
        ends.Add(text.Length);

        var (readable, unreadable) = (-1, ends.Count - 1);
        while (unreadable - readable > 1)
        {
            var middle = (readable + unreadable) / 2;
            if (Parse(file, text[..ends[middle]], out _) is null)
                unreadable = middle;
            else
                readable = middle;
        }

        return unreadable + 1;
    }

    private void Table(TableSyntaxBase syntax)
    {
        if (syntax.Name is null || PartsOf(syntax.Name) is not { Count: > 0 } parts)
            return;

        var at = PlaceOf(syntax.Name.Span);
        var name = string.Join('.', parts);
        if (Descend(root, parts, at, name) is not { } parent)
            return;
        var table = new TomlValue.Table { At = at };
        var existing = parent.Find(parts[^1]);
        switch (existing?.Value)
        {
            case null when syntax is TableArraySyntax:
                var list = new TomlValue.List(new List<TomlValue> { table }) { At = at };
                arraysOfTables.Add(list);
                parent.Entries.Add(new TomlEntry(parts[^1], at, list));
                break;
            case null:
                parent.Entries.Add(new TomlEntry(parts[^1], at, table));
                closed.Add(table);
                break;
            case TomlValue.List known when syntax is TableArraySyntax && arraysOfTables.Contains(known):
                ((List<TomlValue>)known.Items).Add(table);
                break;
            // [a.b] before [a] is allowed once.
            case TomlValue.Table known when syntax is TableSyntax && closed.Add(known):
                table = known;
                break;
            default:
                Twice(name, at, existing!.At);
                return;
        }

        Fill(table, syntax.Items, name);
    }

    private void Fill(TomlValue.Table table, IEnumerable<KeyValueSyntax> pairs, string path)
    {
        foreach (var pair in pairs)
        {
            if (pair.Key is null || PartsOf(pair.Key) is not { Count: > 0 } parts)
                continue;
            var at = PlaceOf(pair.Key.Span);
            var name = Join(path, string.Join('.', parts));
            if (Descend(table, parts, at, name) is not { } parent || ValueOf(pair.Value, name) is not { } value)
                continue;
            if (parent.Find(parts[^1]) is { } first)
                Twice(name, at, first.At);
            else
                parent.Entries.Add(new TomlEntry(parts[^1], at, value));
        }
    }

    // The table that holds the last part of a dotted key. Tables on the way are made as needed.
    private TomlValue.Table? Descend(TomlValue.Table from, List<string> parts, Place at, string name)
    {
        var table = from;
        foreach (var part in parts.Take(parts.Count - 1))
        {
            switch (table.Find(part)?.Value)
            {
                case null:
                    var made = new TomlValue.Table { At = at };
                    table.Entries.Add(new TomlEntry(part, at, made));
                    table = made;
                    break;
                case TomlValue.Table known:
                    table = known;
                    break;
                case TomlValue.List known when arraysOfTables.Contains(known):
                    table = (TomlValue.Table)known.Items[^1];
                    break;
                default:
                    Twice(name, at, table.Find(part)!.At);
                    return null;
            }
        }

        return table;
    }

    private TomlValue? ValueOf(ValueSyntax? syntax, string path)
    {
        if (syntax is null)
            return null;
        var at = PlaceOf(syntax.Span);
        switch (syntax)
        {
            case StringValueSyntax text:
                return new TomlValue.Text(text.Value ?? "", text.Span.Offset, text.Span.Length) { At = at };
            case IntegerValueSyntax whole:
                return new TomlValue.Whole(whole.Value) { At = at };
            case BooleanValueSyntax truth:
                return new TomlValue.Truth(truth.Value) { At = at };
            case ArraySyntax list:
                return new TomlValue.List([.. list.Items.Select(i => ValueOf(i.Value, path)).OfType<TomlValue>()]) { At = at };
            case InlineTableSyntax inline:
                var table = new TomlValue.Table { At = at };
                closed.Add(table);
                Fill(table, inline.Items.Select(i => i.KeyValue).OfType<KeyValueSyntax>(), path);
                return table;
            case FloatValueSyntax:
                return new TomlValue.Other("a fraction") { At = at };
            case DateTimeValueSyntax { Token.Text: { } written }:
                return new TomlValue.Moment(written) { At = at };
            default:
                return new TomlValue.Other("something else") { At = at };
        }
    }

    private void Twice(string name, Place at, Place first) =>
        problems.Add(new PolicyProblem(
            file, at.Line, at.Column, name, $"This is already defined in line {first.Line}.", "Keep one of the two."));

    private static List<string> PartsOf(KeySyntax key)
    {
        var parts = new List<string>();
        if (PartOf(key.Key) is { } head)
            parts.Add(head);
        parts.AddRange(key.DotKeys.Select(d => PartOf(d.Key)).OfType<string>());
        return parts;
    }

    private static string? PartOf(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax bare => bare.Key?.Text,
        StringValueSyntax quoted => quoted.Value,
        _ => null,
    };

    private static Place PlaceOf(SourceSpan span) => new(Math.Max(span.Start.Line, 0) + 1, Math.Max(span.Start.Column, 0) + 1);

    private static Place EndOf(string text) =>
        new(text.Count(c => c == '\n') + 1, text.Length - (text.LastIndexOf('\n') + 1) + 1);

    private static string OneLine(string message) => message.TrimEnd('.').ReplaceLineEndings(" ");

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
