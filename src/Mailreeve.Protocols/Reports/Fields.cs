using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Mailreeve.Protocols.Reports;

/// <summary>The <c>name: value</c> fields of a machine-readable part, tolerant of how generators write them.</summary>
internal sealed class Fields
{
    private const int FoldedCharsMax = 16_384;

    private readonly List<(string Name, string Value)> all = [];

    public int Count => all.Count;

    /// <summary>First value of that name in any case; null when missing or empty.</summary>
    public string? First(string name)
    {
        foreach (var (field, value) in all)
            if (value.Length > 0 && field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        return null;
    }

    public IEnumerable<string> All(string name)
    {
        foreach (var (field, value) in all)
            if (value.Length > 0 && field.Equals(name, StringComparison.OrdinalIgnoreCase))
                yield return value;
    }

    /// <summary>Reads header-like lines: folded with leading white space, repeated, blank lines between them ignored.</summary>
    public static Fields Read(ReadOnlySpan<char> text)
    {
        var fields = new Fields();
        var name = "";
        var value = default(ReadOnlySpan<char>);
        StringBuilder? folded = null;
        foreach (var line in text.EnumerateLines())
        {
            if (line.Length > 0 && line[0] is ' ' or '\t' && name.Length > 0)
            {
                folded ??= new StringBuilder().Append(value);
                if (folded.Length < FoldedCharsMax)
                    folded.Append(' ').Append(line.Trim());
                continue;
            }

            var colon = line.IndexOf(':');
            if (colon <= 0 || colon > 64 || line[..colon].TrimEnd().ContainsAny(" \t"))
                continue;
            fields.Add(name, folded?.ToString() ?? value.ToString());
            name = line[..colon].TrimEnd().ToString();
            value = line[(colon + 1)..].Trim();
            folded = null;
        }

        fields.Add(name, folded?.ToString() ?? value.ToString());
        return fields;
    }

    /// <summary>The texts and numbers that an object of JSON holds itself.</summary>
    public static Fields ReadJson(string json)
    {
        var fields = new Fields();
        try
        {
            using var document = JsonDocument.Parse(json.TrimStart('\uFEFF'), new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                foreach (var property in document.RootElement.EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number))
                    fields.Add(property.Name, property.Value.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair passes the parser and fails when its text is taken. Whoever else reads it says what is wrong.
            return new Fields();
        }

        return fields;
    }

    private void Add(string name, string value)
    {
        if (name.Length > 0)
            all.Add((name, value));
    }
}

/// <summary>Small notations that every format shares.</summary>
internal static class Notation
{
    private static readonly SearchValues<char> SchemeChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-0123456789");

    /// <summary>A mailbox out of <c>&lt;a@b&gt;</c>, <c>Name &lt;a@b&gt;</c> or <c>rfc822; a@b</c>; null for the empty path.</summary>
    public static string? Mailbox(string? text)
    {
        if (text is null)
            return null;
        var span = text.AsSpan().Trim();
        var semicolon = span.IndexOf(';');
        if (semicolon is >= 0 and < 16 && !span[..semicolon].Contains('@'))
            span = span[(semicolon + 1)..].Trim();
        var open = span.LastIndexOf('<');
        if (open >= 0)
        {
            span = span[(open + 1)..];
            var close = span.IndexOf('>');
            if (close >= 0)
                span = span[..close];
        }

        span = span.Trim();
        return span.IsEmpty || span.Length > 512 || span.ContainsAny('\r', '\n', ' ') ? null : span.ToString();
    }

    /// <summary>A host name in lower case without a final dot; null when it is none.</summary>
    public static string? Domain(string? text)
    {
        if (text is null)
            return null;
        var span = text.AsSpan().Trim().TrimEnd('.');
        if (span.StartsWith("dns;", StringComparison.OrdinalIgnoreCase))
            span = span[4..].Trim();
        if (span.Length is 0 or > 253 || !span.Contains('.') || span[0] is '.' or '-')
            return null;
        foreach (var c in span)
            if (!char.IsLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return null;
        return Net.Address.TryParse(span, out _) ? null : span.ToString().ToLowerInvariant();
    }

    /// <summary>Whether the text starts with a scheme and two slashes.</summary>
    public static bool IsUrl(string? text)
    {
        if (text is null)
            return false;
        var at = text.IndexOf("://", StringComparison.Ordinal);
        return at is > 1 and < 12 && at + 3 < text.Length
            && !text.AsSpan(0, at).ContainsAnyExcept(SchemeChars)
            && !text.AsSpan().ContainsAny(' ', '\t', '\n');
    }

    /// <summary>A port 1–65535, or null.</summary>
    public static int? Port(string? text) =>
        int.TryParse(text.AsSpan().Trim(), System.Globalization.NumberStyles.None, null, out var port) && port is > 0 and < 65536
            ? port
            : null;

    /// <summary>An address, with a hint in the problems when the text is something else (RFC 6590 redaction writes <c>x.x.x.x</c>).</summary>
    public static Net.Address? Address(string? text, string field, Findings findings)
    {
        if (text is null)
            return null;
        var parsed = Net.Address.ParseOrNull(text.Trim().Trim('"', '\''));
        if (parsed is null)
            findings.Problem($"{field} '{Shorten(text)}' is not an IP address.");
        return parsed;
    }

    public static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}
