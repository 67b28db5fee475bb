using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Picks fields from a header, for <c>BODY[HEADER.FIELDS (…)]</c> and its opposite (RFC 3501 §6.4.5).</summary>
public static class HeaderFields
{
    /// <summary>Writes the fields, as they are and in their order, and the blank line.</summary>
    /// <param name="header">The header, with or without its blank line; what follows that is not read.</param>
    /// <param name="names">Names of fields in ASCII; case does not matter.</param>
    /// <param name="isExcluding">Whether these are the fields to leave out: HEADER.FIELDS.NOT.</param>
    /// <param name="output">Where to.</param>
    /// <returns>Octets written.</returns>
    public static int Write(ReadOnlySpan<byte> header, IReadOnlyList<byte[]> names, bool isExcluding, IBufferWriter<byte> output)
    {
        var written = 0;
        var reader = new HeaderReader(header, 0);
        var runStart = 0;
        var runEnd = 0;
        while (reader.Next(out var field))
        {
            if (IsAmong(field.Name(header), names) == isExcluding)
                continue;
            if (field.Start != runEnd)
            {
                output.Write(header[runStart..runEnd]);
                written += runEnd - runStart;
                runStart = field.Start;
            }

            runEnd = field.End;
        }

        var last = header[runStart..runEnd];
        output.Write(last);
        written += last.Length;

        // A header that simply ends has a last line without an end; what follows must still be a blank line.
        var ending = written == 0 || last.EndsWith("\n"u8) ? "\r\n"u8 : "\r\n\r\n"u8;
        output.Write(ending);
        return written + ending.Length;
    }

    /// <summary>The value of the first field of that name.</summary>
    /// <param name="header">The header.</param>
    /// <param name="name">Name in ASCII; case does not matter.</param>
    /// <param name="value">The value as it stands, folded and not decoded, without white space around it.</param>
    /// <returns>Whether there is such a field.</returns>
    public static bool TryFind(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (field.NameLength != name.Length || !Ascii.EqualsIgnoreCase(field.Name(header), name))
                continue;
            value = field.Value(header);
            return true;
        }

        value = default;
        return false;
    }

    private static bool IsAmong(ReadOnlySpan<byte> name, IReadOnlyList<byte[]> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Length == name.Length && Ascii.EqualsIgnoreCase(names[i], name))
                return true;
        }

        return false;
    }
}
