using System.Text;

namespace Mailreeve.Protocols.Trace;

/// <summary>
/// The trace in a message's header: an id that says nothing to others, a sketch of the body, and the code that binds both to what the
/// submission log has. Only letters and digits, of fixed length, so that it can be read wherever it ends up: quoted, folded anew, or
/// flattened into a paragraph.
/// </summary>
/// <param name="Id">Random; <see cref="IdLength"/> letters and digits, lower case.</param>
/// <param name="Sketch">See <see cref="BodySketch"/>.</param>
/// <param name="Mac">See <see cref="TraceBinding.MacOf"/>.</param>
public sealed record TraceMark(string Id, byte[] Sketch, byte[] Mac)
{
    /// <summary>Name of the header field.</summary>
    public const string FieldName = "Mailreeve-Trace";

    /// <summary>Octets of randomness in an id.</summary>
    public const int IdBytes = 16;

    /// <summary>Characters of an id.</summary>
    public const int IdLength = 26;

    private const int SketchLength = 32;
    private const int MacLength = 26;

    // How far apart the characters of one trace may be torn: a few line ends with the marks of quotation.
    private const int GapMax = 40;

    /// <summary>Makes an id.</summary>
    /// <param name="random"><see cref="IdBytes"/> random octets.</param>
    public static string IdOf(ReadOnlySpan<byte> random) => Base32.Encode(random[..IdBytes]);

    // trace = "1" FWS id FWS sketch FWS mac
    /// <summary>The header field with its line end.</summary>
    public byte[] ToField() =>
        Encoding.ASCII.GetBytes($"{FieldName}: 1 {Id}\r\n\t{Base32.Encode(Sketch)} {Base32.Encode(Mac)}\r\n");

    /// <summary>Reads a trace from text that begins after the field's name and may go on after its end.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public static TraceMark? ReadOrNull(ReadOnlySpan<char> text)
    {
        var at = 0;
        if (!SkipTo(text, ref at) || text[at++] != '1')
            return null;
        Span<char> all = stackalloc char[IdLength + SketchLength + MacLength];
        if (!Collect(text, ref at, all))
            return null;
        var id = new string(all[..IdLength]).ToLowerInvariant();
        return IsId(id) && Base32.DecodeOrNull(all.Slice(IdLength, SketchLength)) is { } sketch && Base32.DecodeOrNull(all[(IdLength + SketchLength)..]) is { } mac
            ? new TraceMark(id, sketch, mac)
            : null;
    }

    /// <summary>Reads an id alone from text that may go on after it.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public static string? ReadIdOrNull(ReadOnlySpan<char> text)
    {
        var at = 0;
        Span<char> id = stackalloc char[IdLength];
        if (!Collect(text, ref at, id))
            return null;
        var found = new string(id).ToLowerInvariant();
        return IsId(found) ? found : null;
    }

    /// <summary>Whether this can be an id.</summary>
    public static bool IsId(string text) => text.Length == IdLength && Base32.DecodeOrNull(text) is not null;

    private static bool Collect(ReadOnlySpan<char> text, ref int at, Span<char> characters)
    {
        for (var i = 0; i < characters.Length; i++)
        {
            if (!SkipTo(text, ref at))
                return false;
            characters[i] = text[at++];
            if (!Base32.Has(characters[i]))
                return false;
        }

        return true;
    }

    // To the next letter or digit: over white space, line ends, marks of quotation, and the soft line ends of quoted-printable.
    private static bool SkipTo(ReadOnlySpan<char> text, ref int at)
    {
        for (var gap = 0; at < text.Length && gap < GapMax; at++, gap++)
        {
            if (char.IsAsciiLetterOrDigit(text[at]))
                return true;
            if (!char.IsWhiteSpace(text[at]) && text[at] is not ('>' or '|' or ':' or '=' or '*' or '"' or '\u00AD' or '\u200B'))
                return false;
        }

        return false;
    }
}
