using System.Text;
using System.Text.Json;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Events as JSON: one object, an array, or one object a line (IntelMQ, n6, the feeds of CERTs and vendors). What a field means is
/// said by its name and the names above it, as for the columns of a table.
/// </summary>
internal static class JsonEvents
{
    private const int FieldsMax = 300;
    private const int PastedTries = 5;
    private const int TitleCharsMax = 300;

    /// <summary>Reads a document that is JSON as a whole.</summary>
    /// <returns>Null when it is not JSON or holds no event.</returns>
    public static ReportReading? Read(ReadOnlyMemory<byte> json, EventContext context, Findings findings) =>
        Read(json, context, findings, isPasted: false);

    private static ReportReading? Read(ReadOnlyMemory<byte> json, EventContext context, Findings findings, bool isPasted)
    {
        var bytes = json.Span.TrimStart("\uFEFF \t\r\n"u8);
        if (bytes.IsEmpty || bytes[0] is not ((byte)'{' or (byte)'['))
            return null;
        var options = new JsonReaderOptions { MaxDepth = findings.Limits.JsonDepth, AllowMultipleValues = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        var reader = new Utf8JsonReader(bytes, options);
        var events = new EventReader(context, findings);
        var before = findings.Observations.Count;
        try
        {
            while (!findings.TooMany && reader.Read())
            {
                using var document = JsonDocument.ParseValue(ref reader);
                if (TlsRpt.Is(document.RootElement))
                    return TlsRpt.Read(document.RootElement, findings);
                Walk(document.RootElement, Side.Plain, [], events);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair passes the parser and fails when its text is taken.
            // What follows a pasted document is prose.
            if (findings.Observations.Count > before && !isPasted)
                findings.Problem($"The JSON cannot be read to its end: {e.Message}");
        }

        return findings.Observations.Count > before ? new ReportReading { Format = ReportFormat.Json } : null;
    }

    /// <summary>Reads a document that is pasted into a text.</summary>
    public static ReportReading? ReadPasted(string text, EventContext context, Findings findings)
    {
        var at = 0;
        for (var tries = 0; tries < PastedTries && at < text.Length; tries++)
        {
            var open = text.AsSpan(at).IndexOfAny('{', '[');
            if (open < 0)
                return null;
            at += open;
            // What stands above says what it is.
            var titled = context with { Titles = [Above(text, at), .. context.Titles] };
            if (LooksLikeJson(text.AsSpan(at)) && Read(Encoding.UTF8.GetBytes(text[at..]), titled, findings, isPasted: true) is { } reading)
                return reading;
            at++;
        }

        return null;
    }

    private static string Above(string text, int at)
    {
        var before = text.AsSpan(Math.Max(0, at - TitleCharsMax), Math.Min(at, TitleCharsMax)).TrimEnd(" \t\r\n`");
        return before[(before.LastIndexOf('\n') + 1)..].ToString();
    }

    // After the bracket of an object comes a name in quotes, after that of an array an object.
    private static bool LooksLikeJson(ReadOnlySpan<char> text)
    {
        var inner = text[1..].TrimStart();
        return !inner.IsEmpty && (text[0] == '{' ? inner[0] == '"' : inner[0] == '{');
    }

    /// <returns>Whether the element or anything in it was an event.</returns>
    private static bool Walk(JsonElement element, Side side, List<(Meaning Meaning, string Value)> inherited, EventReader events, string? address = null)
    {
        var found = false;
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                found |= Walk(item, side, inherited, events);
            return found;
        }

        if (element.ValueKind != JsonValueKind.Object)
            return false;
        var own = new List<(Meaning, string)>();
        var nested = new List<(JsonElement List, Side Side, string? Address)>();
        Flatten(element, "", own, nested);
        if (address is not null)
            own.Add((new Meaning(Side.Plain, Part.Address, 1), address));
        // "targets": what is in the list is of that side, unless it says something else itself.
        for (var i = 0; side != Side.Plain && i < own.Count; i++)
            if (own[i].Item1 is { IsResource: true, Side: Side.Plain } or { Part: Part.Port, Side: Side.Plain })
                own[i] = (own[i].Item1 with { Side = side }, own[i].Item2);
        List<(Meaning, string)> values = [.. own, .. inherited.Take(FieldsMax)];
        foreach (var (list, its, named) in nested)
            found |= Walk(list, its == Side.Plain ? side : its, values, events, named);
        // What only an outer object names was not said of this one.
        return found || (own.Exists(v => v.Item1.IsResource) && events.Read(values));
    }

    private static void Flatten(JsonElement element, string path, List<(Meaning, string)> values, List<(JsonElement List, Side Side, string? Address)> nested)
    {
        // Indicator lists name the field in one member and hold it in another: "type": "ip-src", "value": "192.0.2.7".
        if (XarfRules.Text(element, "type") is { } type && XarfRules.Text(element, "value") is { } held)
            AddIndicator(type, held, values);
        foreach (var property in element.EnumerateObject())
        {
            if (values.Count >= FieldsMax)
                return;
            var name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            switch (property.Value.ValueKind)
            {
                // Who wrote it, and what to read about it.
                case JsonValueKind.Object or JsonValueKind.Array when Columns.IsPassedOver(property.Name):
                    break;
                // An object of events by their addresses.
                case JsonValueKind.Object when Cells.IsAddressOrBlock(property.Name):
                    nested.Add((property.Value, path.Length == 0 ? Side.Plain : Columns.Resolve(path.AsSpan(path.LastIndexOf('.') + 1)).Side, property.Name));
                    break;
                case JsonValueKind.Object:
                    Flatten(property.Value, name, values, nested);
                    break;
                case JsonValueKind.Array when property.Value.EnumerateArray().Any(i => i.ValueKind is JsonValueKind.Object):
                    nested.Add((property.Value, Columns.Resolve(property.Name).Side, null));
                    break;
                case JsonValueKind.Array:
                    foreach (var item in property.Value.EnumerateArray().Take(100))
                        Add(name, property.Name, item, values);
                    break;
                default:
                    Add(name, property.Name, property.Value, values);
                    break;
            }
        }
    }

    // "ip-dst|port": "192.0.2.7|443" are two. A link leads to what others wrote about it.
    private static void AddIndicator(string type, string held, List<(Meaning, string)> values)
    {
        var types = type.Split('|', 4);
        var texts = held.Split('|', 4);
        if (types.Length != texts.Length)
            (types, texts) = ([type], [held]);
        for (var i = 0; i < types.Length; i++)
            if (types[i] != "link" && Columns.Resolve(types[i]) is { Part: not Part.None } named)
                values.Add((named, texts[i]));
    }

    // The innermost names say most: "event.source.ip" means what "source.ip" means.
    private static void Add(string path, string name, JsonElement value, List<(Meaning, string)> values)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        if (text is null)
            return;
        if (name == "pattern" && text.Contains(":value", StringComparison.Ordinal))
        {
            values.AddRange(StixPattern.Read(text));
            return;
        }

        var parent = path.Length > name.Length + 1 ? path[(path.LastIndexOf('.', path.Length - name.Length - 2) + 1)..] : name;
        var meaning = Columns.Resolve(parent);
        if (meaning == default && parent.Length != name.Length)
            meaning = Columns.Resolve(name);
        if (meaning.Part != Part.None)
            values.Add((meaning, text));
    }
}
