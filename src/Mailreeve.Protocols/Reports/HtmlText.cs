using System.Net;
using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>The readable text of an HTML body with its link targets. Not a browser: one pass, no nesting, nothing executed.</summary>
internal static class HtmlText
{
    private const int UnclosedMax = 8;

    private static readonly string[] Skipped = ["script", "style", "head", "title"];
    private static readonly string[] Breaking = ["br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "blockquote", "hr"];

    public static string Read(string html)
    {
        var unclosed = 0;
        var text = new StringBuilder(Math.Min(html.Length, 1 << 16));
        var rest = html.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('<');
            AppendText(text, open < 0 ? rest : rest[..open]);
            if (open < 0)
                break;
            rest = rest[open..];
            if (rest.StartsWith("<!--"))
            {
                // Comments are a favourite place for recipient ids, and the reader of the mail never saw them.
                var end = rest.IndexOf("-->");
                rest = end < 0 ? [] : rest[(end + 3)..];
                continue;
            }

            var close = rest.IndexOf('>');
            if (close < 0)
                break;
            var tag = rest[1..close];
            rest = rest[(close + 1)..];
            AppendTag(text, tag, ref rest, ref unclosed);
        }

        return text.ToString();
    }

    private static void AppendTag(StringBuilder text, ReadOnlySpan<char> tag, ref ReadOnlySpan<char> rest, ref int unclosed)
    {
        var name = NameOf(tag.TrimStart('/'));
        if (tag.IndexOf('/') != 0 && Contains(Skipped, name))
        {
            // Each search that fails has read to the end: a text of unclosed ones must not make that many.
            var end = unclosed > UnclosedMax ? -1 : rest.IndexOf($"</{name}", StringComparison.OrdinalIgnoreCase);
            unclosed += end < 0 ? 1 : 0;
            rest = end < 0 ? rest : rest[end..];
            return;
        }

        if (Contains(Breaking, name))
            text.Append('\n');
        else if (name is "td" or "th" or "TD" or "TH" && tag.IndexOf('/') != 0)
            text.Append('\t');
        foreach (var attribute in (string[])["href", "src", "action"])
            if (Attribute(tag, attribute) is { Length: > 0 } url && !url.StartsWith("cid:", StringComparison.OrdinalIgnoreCase)
                && !url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
                text.Append(" <").Append(url).Append("> ");
    }

    private static string? Attribute(ReadOnlySpan<char> tag, string name)
    {
        var at = tag.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at <= 0 || !char.IsWhiteSpace(tag[at - 1]))
            return null;
        var value = tag[(at + name.Length)..].TrimStart();
        if (value.IsEmpty || value[0] != '=')
            return null;
        value = value[1..].TrimStart();
        if (value.IsEmpty)
            return null;
        var quote = value[0];
        var end = quote is '"' or '\'' ? value[1..].IndexOf(quote) : value.IndexOfAny(" \t\n");
        var raw = quote is '"' or '\'' ? value[1..][..(end < 0 ? value.Length - 1 : end)] : end < 0 ? value : value[..end];
        return WebUtility.HtmlDecode(raw.ToString()).Trim();
    }

    private static void AppendText(StringBuilder text, ReadOnlySpan<char> span)
    {
        if (!span.IsEmpty)
            text.Append(span.Contains('&') ? WebUtility.HtmlDecode(span.ToString()) : span);
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> tag)
    {
        var length = 0;
        while (length < tag.Length && char.IsAsciiLetterOrDigit(tag[length]))
            length++;
        return tag[..length];
    }

    private static bool Contains(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var candidate in names)
            if (name.Equals(candidate, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
