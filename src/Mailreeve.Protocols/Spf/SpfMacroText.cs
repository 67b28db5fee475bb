using System.Buffers;
using System.Collections.Immutable;

namespace Mailreeve.Protocols.Spf;

/// <summary>A text with macros (RFC 7208 §7).</summary>
/// <param name="Parts">What it consists of.</param>
internal sealed record SpfMacroText(ImmutableArray<SpfMacroPart> Parts)
{
    // delimiter = "." / "-" / "+" / "," / "/" / "_" / "="
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(".-+,/_=");

    // domain-spec = macro-string domain-end; domain-end = ( "." toplabel [ "." ] ) / macro-expand
    /// <summary>Reads a name in a record; null when it is none.</summary>
    public static SpfMacroText? ParseDomain(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || Parse(text, isExplanation: false) is not { } parsed)
            return null;
        if (parsed.Parts[^1].Letter != '\0')
            return parsed;
        // A "%%" at the end is a macro-expand as well as a "%{d}".
        if (text.EndsWith("%%", StringComparison.Ordinal) || text.EndsWith("%_", StringComparison.Ordinal) || text.EndsWith("%-", StringComparison.Ordinal))
            return parsed;
        var name = text[^1] == '.' ? text[..^1] : text;
        var dot = name.LastIndexOf('.');
        return dot >= 0 && IsTopLabel(name[(dot + 1)..]) ? parsed : null;
    }

    // macro-string = *( macro-expand / macro-literal ); an explanation may have blanks in it.
    /// <summary>Reads a text; null when a macro in it is malformed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isExplanation">Whether it is what the sender is told, in which three more letters are allowed (RFC 7208 §7.2).</param>
    public static SpfMacroText? Parse(ReadOnlySpan<char> text, bool isExplanation)
    {
        var parts = ImmutableArray.CreateBuilder<SpfMacroPart>();
        while (!text.IsEmpty)
        {
            var literal = text.IndexOf('%');
            if (literal < 0)
                literal = text.Length;
            if (text[..literal].ContainsAnyExceptInRange(isExplanation ? ' ' : '!', '~'))
                return null;
            if (literal > 0)
                parts.Add(SpfMacroPart.Literal(text[..literal].ToString()));
            text = text[literal..];
            if (text.IsEmpty)
                break;
            if (ParseMacro(text, isExplanation, out var length) is not { } part)
                return null;
            parts.Add(part);
            text = text[length..];
        }

        return new SpfMacroText(parts.ToImmutable());
    }

    /// <summary>Whether a <c>%{p}</c> stands in it, for which the names of the client have to be looked up.</summary>
    public bool NeedsClientName => Parts.Any(p => p.Letter == 'p');

    // toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
    private static bool IsTopLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            return false;
        var numeric = true;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
            numeric &= char.IsAsciiDigit(c);
        }

        return !numeric;
    }

    // macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"; transformers = *DIGIT [ "r" ]
    private static SpfMacroPart? ParseMacro(ReadOnlySpan<char> text, bool isExplanation, out int length)
    {
        length = 2;
        if (text.Length < 2)
            return null;
        switch (text[1])
        {
            case '%': return SpfMacroPart.Literal("%");
            case '_': return SpfMacroPart.Literal(" ");
            case '-': return SpfMacroPart.Literal("%20");
            case '{': break;
            default: return null;
        }

        var end = text.IndexOf('}');
        if (end < 3)
            return null;
        length = end + 1;
        var letter = char.ToLowerInvariant(text[2]);
        if (!(isExplanation ? "slodiphvcrt" : "slodiphv").Contains(letter, StringComparison.Ordinal))
            return null;

        var inner = text[3..end];
        var keep = 0;
        var digits = 0;
        while (digits < inner.Length && char.IsAsciiDigit(inner[digits]))
            keep = Math.Min(keep * 10 + inner[digits++] - '0', 1000);
        if (digits > 0 && keep == 0)
            return null;
        inner = inner[digits..];
        var reverses = !inner.IsEmpty && inner[0] is 'r' or 'R';
        if (reverses)
            inner = inner[1..];
        return inner.ContainsAnyExcept(Delimiters)
            ? null
            : new SpfMacroPart(letter, "", keep, reverses, inner.IsEmpty ? "." : inner.ToString(), char.IsAsciiLetterUpper(text[2]));
    }
}

/// <summary>A piece of a text with macros.</summary>
/// <param name="Letter">What is put in, lower case; <c>\0</c> for what stands there as it is.</param>
/// <param name="Text">What stands there as it is.</param>
/// <param name="Keep">How many parts are kept, from the right; 0 for all.</param>
/// <param name="Reverses">Whether their order is reversed.</param>
/// <param name="Delimiters">What divides the parts; they are joined by dots.</param>
/// <param name="IsEscaped">Whether what goes into a URL has to be escaped.</param>
internal sealed record SpfMacroPart(char Letter, string Text, int Keep, bool Reverses, string Delimiters, bool IsEscaped)
{
    public static SpfMacroPart Literal(string text) => new('\0', text, 0, false, "", false);
}
