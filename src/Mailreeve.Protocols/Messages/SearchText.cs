using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mailreeve.Protocols.Messages;

/// <summary>Whether a message contains a text, as SEARCH asks (RFC 3501 §6.4.4): decoded, whatever its charset, in any case.</summary>
/// <remarks>
/// Header fields and text parts are searched, and the names of attached files; pictures and programs are not. HTML is searched as it
/// is written. The summary says where the parts lie, and what can be searched without decoding is not decoded.
/// </remarks>
public static class SearchText
{
    /// <summary>SEARCH TEXT: header or body.</summary>
    /// <param name="message">The message.</param>
    /// <param name="summary">Its summary.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInMessage(ReadOnlySpan<byte> message, MessageSummary summary, SearchNeedle needle) =>
        IsInHeader(message[..Math.Min(summary.HeaderBytes, message.Length)], needle) || IsInBody(message, summary, needle);

    /// <summary>SEARCH BODY: the text parts, the headers of messages within the message, and names of files.</summary>
    /// <param name="message">The message.</param>
    /// <param name="summary">Its summary. When it is of another message the answer is of no use, but nothing fails.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInBody(ReadOnlySpan<byte> message, MessageSummary summary, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;
        var parts = summary.Parts;
        var isInnerRoot = false;
        while (parts.Next(out var part))
        {
            if (part.End > message.Length)
                return false;
            if (isInnerRoot && IsInHeader(message[part.HeaderStart..part.BodyStart], needle))
                return true;
            isInnerRoot = part.Kind == PartKind.Message;
            if (!part.FileName.IsEmpty && needle.IsIn(Encoding.UTF8.GetString(part.FileName)))
                return true;
            if (part.Kind == PartKind.Text && IsInText(message[part.BodyStart..part.End], part, needle))
                return true;
        }

        return false;
    }

    /// <summary>The header part of SEARCH TEXT: names and values of all fields.</summary>
    /// <param name="header">The header.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInHeader(ReadOnlySpan<byte> header, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;

        if (needle.IsAscii && header.IndexOf("=?"u8) < 0)
            return IsInUnfolded(header, needle);

        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (IsInField(header[field.Start..field.End], needle))
                return true;
        }

        return false;
    }

    /// <summary>SEARCH HEADER, and with the right name SUBJECT, FROM, TO, CC and BCC.</summary>
    /// <param name="header">The header.</param>
    /// <param name="name">Name of the field in ASCII; case does not matter.</param>
    /// <param name="needle">What is searched for; the empty text asks whether there is such a field.</param>
    public static bool IsInField(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name, SearchNeedle needle)
    {
        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(field.Name(header), name) && IsInField(field.Value(header), needle))
                return true;
        }

        return false;
    }

    private static bool IsInField(ReadOnlySpan<byte> value, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;
        if (value.IndexOf("=?"u8) < 0)
        {
            if (needle.IsAscii)
                return IsInUnfolded(value, needle);
            if (Ascii.IsValid(value))
                return false;
        }

        return needle.IsIn(HeaderText.Decode(value));
    }

    // Nothing is encoded. Only a needle with a blank can match across a fold, for every fold has one.
    private static bool IsInUnfolded(ReadOnlySpan<byte> fields, SearchNeedle needle)
    {
        if (needle.IsInOctets(fields))
            return true;
        if (!needle.HasBlank)
            return false;

        var unfolded = ArrayPool<byte>.Shared.Rent(fields.Length);
        var length = 0;
        while (!fields.IsEmpty)
        {
            var end = fields.IndexOf((byte)'\n');
            var line = end < 0 ? fields : fields[..(end + 1)];
            fields = fields[line.Length..];
            if (!fields.IsEmpty && fields[0] is (byte)' ' or (byte)'\t')
                line = line.TrimEnd("\r\n"u8);
            line.CopyTo(unfolded.AsSpan(length));
            length += line.Length;
        }

        var isIn = needle.IsInOctets(unfolded.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(unfolded);
        return isIn;
    }

    private static bool IsInText(ReadOnlySpan<byte> body, in MappedPart part, SearchNeedle needle)
    {
        if (part.Encoding == TransferEncoding.Identity
            || (part.Encoding == TransferEncoding.QuotedPrintable && !body.Contains((byte)'=')))
            return IsInDecoded(body, part, needle);

        var decoded = ArrayPool<byte>.Shared.Rent(body.Length);
        var length = part.Encoding == TransferEncoding.Base64
            ? TransferDecoding.Base64(body, decoded)
            : TransferDecoding.QuotedPrintable(body, decoded);
        var isIn = IsInDecoded(decoded.AsSpan(0, length), part, needle);
        ArrayPool<byte>.Shared.Return(decoded);
        return isIn;
    }

    private static bool IsInDecoded(ReadOnlySpan<byte> text, in MappedPart part, SearchNeedle needle)
    {
        if (part.IsAsciiCompatible)
        {
            if (needle.IsAscii)
                return needle.IsInOctets(text);
            if (Ascii.IsValid(text))
                return false;
        }

        // Mail that does not name its charset, or names the wrong one, is UTF-8 when it can be and else what Western mail was.
        var charset = Charsets.Of(part.Charset);
        if (charset is UTF8Encoding && !Utf8.IsValid(text))
            charset = Encoding.Latin1;
        var characters = ArrayPool<char>.Shared.Rent(charset.GetMaxCharCount(text.Length));
        var length = charset.GetChars(text, characters);
        var isIn = needle.IsIn(characters.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(characters);
        return isIn;
    }
}
